namespace Gateway.Server.Telemetry;

/// <summary>A time as headers have it: milliseconds with up to three decimals, such as <c>1.25</c>. Far cheaper than writing a floating-point number.</summary>
internal readonly record struct Milliseconds(TimeSpan Time) : ISpanFormattable
{
    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        var microseconds = (Time.Ticks + (TimeSpan.TicksPerMicrosecond / 2)) / TimeSpan.TicksPerMicrosecond;
        var (whole, rest) = Math.DivRem(Math.Max(microseconds, 0), 1000);
        if (!whole.TryFormat(destination, out charsWritten) || destination.Length - charsWritten < 4)
        {
            return false;
        }

        if (rest > 0)
        {
            destination[charsWritten] = '.';
            for (var (digit, at) = (100L, charsWritten + 1); rest > 0; digit /= 10, at++)
            {
                destination[at] = (char)('0' + (rest / digit));
                (rest, charsWritten) = (rest % digit, at + 1);
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => $"{this}";
}
