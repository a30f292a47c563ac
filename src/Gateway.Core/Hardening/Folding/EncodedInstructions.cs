namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// Instructions to a judge in base64, base32, hexadecimal, escapes and entities, and the words of such instructions by rot13 or written backwards.
/// Nothing decoded goes anywhere but to the lexicon.
/// </summary>
internal static class EncodedInstructions
{
    private const int MostRuns = 16;

    private static readonly TermClass[] Matter = [TermClass.Judge, TermClass.Instructions, TermClass.Ignore];

    // "mark this as correct".
    private static readonly uint DeemedRight = Combination.Bits(TermClass.Deem, TermClass.Right);

    /// <summary>Adds what is found in one field.</summary>
    public static void Inspect(in HardeningField field, FindingList findings)
    {
        Disguised(field, findings);
        if (field.Folded.Facts.LongWordAt >= 0 || (field.Folded.Facts.HasSigns && HasEscapes(field.Text)) || (field.Folded.Facts.HasPairs && EncodedRuns.HasSpacedHex(field.Text)))
        {
            Decoded(field, findings);
        }
    }

    private static bool HasEscapes(ReadOnlySpan<byte> text) =>
        text.IndexOf("\\u0"u8) >= 0 || text.IndexOf("&#"u8) >= 0 || text.IndexOf("\\x"u8) >= 0 || text.IndexOf("%2"u8) >= 0 || text.IndexOf("%6"u8) >= 0 || text.IndexOf("%D"u8) >= 0 || text.IndexOf("%E"u8) >= 0
        || text.IndexOf("%d"u8) >= 0 || text.IndexOf("%e"u8) >= 0;

    // Three words, not all the same: one or two may be a name or chance ("drawer" is "reward").
    private static void Disguised(in HardeningField field, FindingList findings)
    {
        const int Near = 120;
        const int Fewest = 3;
        var (first, last, words, other, decode) = (-1, -1, 0, false, -Near - 1);
        var folded = field.Folded.Bytes;
        foreach (var hit in field.Folded.Terms)
        {
            decode = hit.Class == TermClass.Decode ? hit.At : decode;
            if (hit.Class != TermClass.Disguised)
            {
                continue;
            }

            var isNear = last >= 0 && hit.At - last <= Near;
            (first, words) = isNear ? (first, words + 1) : (hit.At, 1);
            other = isNear && (other || folded[hit.At] != folded[first]);
            last = hit.At;
            // Whoever says that something is to be decoded says that it is no chance.
            if (words >= (hit.At - decode <= Near ? Fewest - 1 : Fewest) && other)
            {
                var at = field.Original(first);
                findings.Add(field, Context.Weigh(field, HardeningSeverity.High, at, Matter), at, "words to a judge by rot13 or backwards");
                return;
            }
        }
    }

    private static void Decoded(in HardeningField field, FindingList findings)
    {
        Span<byte> decoded = stackalloc byte[EncodedRuns.MostDecoded];
        var runs = new EncodedRuns(field.Text);
        for (var i = 0; i < MostRuns && runs.Next(decoded, out var length, out var at, out var encoding); i++)
        {
            var folded = FoldingMemory.Inner.Fold(decoded[..length], Lexicon.Terms);
            var (terms, telling, classes) = (0, false, 0u);
            foreach (var hit in folded.Terms)
            {
                terms++;
                classes |= Combination.Bits(hit.Class);
                telling |= hit.Class is TermClass.Ignore or TermClass.Instructions or TermClass.Judge or TermClass.Top or TermClass.Pick or TermClass.Reset or TermClass.Score or TermClass.Self or TermClass.Output;
            }

            FoldingMemory.Inner.Trim();
            if ((telling && terms >= 2) || (classes & DeemedRight) == DeemedRight)
            {
                findings.Add(field, Context.Weigh(field, HardeningSeverity.High, at, Matter), at, $"words to a judge in {encoding}");
                return;
            }
        }
    }
}
