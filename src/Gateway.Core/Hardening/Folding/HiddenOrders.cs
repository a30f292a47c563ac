using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>What is said to a judge where no reader of the page would see it: in comments and in text without size or colour.</summary>
internal static class HiddenOrders
{
    private const int Longest = 400;
    private const int MostRegions = 64;

    private static readonly byte[][] Openers =
    [
        .. ((string[])
        [
            "<!--", "display:none", "display: none", "visibility:hidden", "visibility: hidden", "font-size:0", "font-size: 0", "font-size:1px", "color:#fff", "color: #fff", "color:white", "color: white",
            "opacity:0", "opacity: 0", "[//]:", "[comment]:", "color{white}", "aria-hidden", " hidden>", "<template", "{#", "{{!",
        ]).Select(Encoding.ASCII.GetBytes),
    ];

    private static readonly byte[][] Closers = [.. ((string[])["-->", "</span", "</div", "</p>", "#}"]).Select(Encoding.ASCII.GetBytes)];

    private static readonly TermClass[] Matter = [TermClass.Judge, TermClass.Instructions, TermClass.Ignore];

    // Who or what is spoken of, of which one must be there.
    private static readonly uint Spoken = Combination.Bits(TermClass.Judge, TermClass.Model, TermClass.Top, TermClass.Self, TermClass.Pick, TermClass.Reset, TermClass.Ignore, TermClass.Output);

    private static readonly uint Telling = Spoken | Combination.Bits(
        TermClass.Instructions, TermClass.Deem, TermClass.Right, TermClass.Score, TermClass.Points, TermClass.Praise, TermClass.Meets, TermClass.Done, TermClass.Assess, TermClass.Lenient, TermClass.Degree, TermClass.Give,
        TermClass.Authority, TermClass.Expert);

    /// <summary>Adds what is found in one field.</summary>
    public static void Inspect(in HardeningField field, FindingList findings)
    {
        var folded = field.Folded.Bytes;
        foreach (var opener in Openers)
        {
            for (var (from, regions) = (0, 0); regions < MostRegions && !findings.IsFull; regions++)
            {
                var next = folded[from..].IndexOf(opener);
                if (next < 0)
                {
                    break;
                }

                from += next + opener.Length;
                Region(field, findings, from, End(folded, from));
            }
        }
    }

    private static int End(ReadOnlySpan<byte> folded, int from)
    {
        var region = folded[from..Math.Min(folded.Length, from + Longest)];
        foreach (var closer in Closers)
        {
            var close = region.IndexOf(closer);
            region = close < 0 ? region : region[..close];
        }

        return from + region.Length;
    }

    private static void Region(in HardeningField field, FindingList findings, int from, int end)
    {
        var terms = field.Folded.Terms;
        var (seen, lastEnd) = (0u, 0);
        for (var i = TermHit.FirstFrom(terms, from); i < terms.Length && terms[i].At < end; i++)
        {
            // A word that is two terms is one that tells.
            var bit = 1u << (int)terms[i].Class;
            if ((bit & Telling) == 0 || (terms[i].At < lastEnd && (seen & Spoken) != 0))
            {
                continue;
            }

            (seen, lastEnd) = (seen | bit, terms[i].End);
            if ((seen & Spoken) != 0 && (seen & (seen - 1)) != 0)
            {
                var at = field.Original(from);
                findings.Add(field, Context.Weigh(field, HardeningSeverity.Medium, at, Matter), at, "speaks to a judge where no reader sees it");
                return;
            }
        }
    }
}
