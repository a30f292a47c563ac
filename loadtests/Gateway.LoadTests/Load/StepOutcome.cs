namespace Gateway.LoadTests.Load;

/// <summary>How one operation ended.</summary>
/// <param name="Items">Items that got their score; 0 where the operation failed.</param>
/// <param name="Error">The kind of failure, or null.</param>
internal readonly record struct StepOutcome(int Items, string? Error)
{
    /// <summary>An operation that did all its work.</summary>
    public static StepOutcome Ok(int items) => new(items, null);

    /// <summary>An operation that did not; its time is not among the latencies.</summary>
    public static StepOutcome Failed(string kind) => new(0, kind);
}
