namespace Gateway.Core.Hardening.Folding;

/// <summary>A term of the lexicon, folded; a space in it stands for up to four characters that are no word.</summary>
/// <param name="text">Its folded UTF-8 bytes.</param>
/// <param name="isStem">True where more letters may follow.</param>
/// <param name="meaning">What it means.</param>
internal sealed class Term(byte[] text, bool isStem, TermClass meaning)
{
    /// <summary>Its folded UTF-8 bytes.</summary>
    public ReadOnlySpan<byte> Text => text;

    /// <summary>True where more letters may follow.</summary>
    public bool IsStem => isStem;

    /// <summary>What it means.</summary>
    public TermClass Meaning => meaning;

    /// <summary>Where it ends in a folded text at whose <paramref name="at"/> it begins, or -1. Text without spaces of its own may lack them.</summary>
    public int EndAt(ReadOnlySpan<byte> folded, int at, bool spaced = true)
    {
        const int MostBetween = 4;
        foreach (var expected in text)
        {
            if (expected == ' ')
            {
                var between = 0;
                while (at < folded.Length && between < MostBetween && !IsWord(folded[at]))
                {
                    at++;
                    between++;
                }

                if (between == 0 && spaced)
                {
                    return -1;
                }
            }
            else if (at < folded.Length && folded[at] == expected)
            {
                at++;
            }
            else
            {
                return -1;
            }
        }

        return isStem || !spaced || at >= folded.Length || !IsWord(folded[at]) || folded[at] >= 0xE0 ? at : -1;
    }

    /// <summary>True for the bytes of letters and digits in folded text.</summary>
    public static bool IsWord(byte folded) => folded is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or >= 0x80;
}
