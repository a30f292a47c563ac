namespace Gateway.Onnx.Tokens;

/// <summary>Where characters begin and end in well-formed UTF-8.</summary>
internal static class Utf8Character
{
    /// <summary>The length in bytes of a character, by its first byte.</summary>
    public static int Length(byte first) => first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;

    /// <summary>The nearest start of a character at or before <paramref name="at"/>.</summary>
    public static int StartBefore(ReadOnlySpan<byte> text, int at)
    {
        while (at > 0 && at < text.Length && (text[at] & 0xC0) == 0x80)
        {
            at--;
        }

        return at;
    }
}
