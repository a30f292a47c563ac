namespace Gateway.Core.Hardening.Folding;

/// <summary>Lists whose items say nothing: "1.", "2.", "3." each on a line, or boxes to be ticked.</summary>
internal static class EmptyList
{
    private const int Fewest = 2;

    private static readonly string[] Roman = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"];

    // What stands behind a number that counts an item; 、 is folded to a comma.
    private const string Signs = ".):,";

    /// <summary>True where folded text is such a list and nothing else.</summary>
    public static bool Holds(ReadOnlySpan<byte> folded) => IsOfNumbers(folded) || IsOfBoxes(folded);

    // Numbers or letters that count on, each with its sign.
    private static bool IsOfNumbers(ReadOnlySpan<byte> folded)
    {
        var (items, expected) = (0, 1);
        foreach (var range in folded.Split((byte)'\n'))
        {
            var line = folded[range].Trim(" \t\r*_-([#"u8);
            if (line.IsEmpty)
            {
                continue;
            }

            if (Signs.IndexOf((char)line[^1], StringComparison.Ordinal) < 0 || !Counts(line[..^1].TrimEnd("*_"u8), expected))
            {
                return false;
            }

            items++;
            expected++;
        }

        return items >= Fewest;
    }

    // "- [ ]"; one that is ticked may be the answer.
    private static bool IsOfBoxes(ReadOnlySpan<byte> folded)
    {
        var boxes = 0;
        foreach (var range in folded.Split((byte)'\n'))
        {
            var line = folded[range].Trim(" \t\r"u8);
            if (!line.IsEmpty && !line.TrimStart("-*+ "u8).SequenceEqual("[ ]"u8))
            {
                return false;
            }

            boxes += line.IsEmpty ? 0 : 1;
        }

        return boxes >= Fewest;
    }

    private static bool Counts(ReadOnlySpan<byte> label, int expected) =>
        expected < Roman.Length && label.SequenceEqual(System.Text.Encoding.ASCII.GetBytes(Roman[expected])) ? true
        : label is [>= (byte)'a' and <= (byte)'z'] ? label[0] - 'a' + 1 == expected
        : System.Buffers.Text.Utf8Parser.TryParse(label, out int number, out var length) && length == label.Length && number == expected;
}
