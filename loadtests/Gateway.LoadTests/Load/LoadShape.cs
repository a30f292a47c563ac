namespace Gateway.LoadTests.Load;

/// <summary>How load comes, and for how long: a closed union of <see cref="Closed"/> and <see cref="Open"/>.</summary>
internal abstract record LoadShape
{
    private LoadShape()
    {
    }

    /// <summary>How long the same load runs first, unmeasured.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long operations are begun in the measured window.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Ends the measured window sooner, once so many operations were begun; null leaves it to <see cref="Duration"/>.</summary>
    public long? Operations { get; init; }

    /// <summary>A fixed number of callers, each waiting for its answer before it asks again.</summary>
    /// <param name="Callers">How many.</param>
    public sealed record Closed(int Callers) : LoadShape
    {
        /// <inheritdoc/>
        public override string ToString() => Callers == 1 ? "1 caller" : $"{Callers} callers";
    }

    /// <summary>Operations begun at a fixed rate, whether or not earlier ones have ended.</summary>
    /// <param name="Rate">Operations per second, evenly spaced.</param>
    public sealed record Open(double Rate) : LoadShape
    {
        /// <inheritdoc/>
        public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Rate:0.#} per second, open loop");
    }
}
