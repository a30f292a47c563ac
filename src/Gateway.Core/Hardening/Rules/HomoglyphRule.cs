using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Hardening.Rules;

/// <summary>
/// Finds words that mix Latin letters with letters of other scripts that pass for them or are made of those alone, and text in letters in other clothes: mathematical, in circles, small capitals, raised, struck through, turned.
/// The other rules read such words as Latin; what is judged is the original.
/// </summary>
public sealed class HomoglyphRule : IHardeningRule
{
    private const int StyledLetters = 4;

    /// <inheritdoc/>
    public string Name => "homoglyph";

    /// <inheritdoc/>
    public int Version => 9;

    /// <inheritdoc/>
    public HardeningScope Scope => HardeningScope.Untrusted;

    /// <inheritdoc/>
    public RuleActions Default => new(HardeningAction.Observe, HardeningAction.Flag, HardeningAction.Flag);

    /// <inheritdoc/>
    public RuleActions Strict => new(HardeningAction.Observe, HardeningAction.Flag, HardeningAction.Floor);

    /// <inheritdoc/>
    public void Inspect(in HardeningField field, FindingList findings)
    {
        var facts = field.Folded.Facts;
        if (facts.MixedWords > 0)
        {
            var severity = facts.MixedWords >= 3 ? HardeningSeverity.High : HardeningSeverity.Medium;
            findings.Add(field, severity, facts.MixedAt, $"{facts.MixedWords} words mix Latin letters with letters that pass for them");
        }

        else if (!facts.IsAscii)
        {
            Lookalikes(field, findings);
        }

        if (facts.StyledLetters >= StyledLetters)
        {
            findings.Add(field, HardeningSeverity.Low, facts.StyledAt, $"{facts.StyledLetters} mathematical letters, circles or small capitals");
        }

        if (!facts.IsAscii && OddLetters.Find(field.Text, facts, out var what) is >= 0 and var odd)
        {
            findings.Add(field, what == OddLetters.OfPeople || OddLetters.IsAsked(field.Prompt) ? HardeningSeverity.Low : HardeningSeverity.Medium, odd, what);
        }

        if (!facts.IsAscii && CjkLookalikes.Find(field.Text, out var isMany) is >= 0 and var ideograph)
        {
            findings.Add(field, isMany && !CjkLookalikes.AreAsked(field.Prompt) ? HardeningSeverity.Medium : HardeningSeverity.Low, ideograph, "radicals or compatibility characters in the place of ideographs");
        }

        if (!facts.IsAscii && AmidLatin.Find(field.Text, out var words) is >= 0 and var amid)
        {
            findings.Add(field, words > 1 && !OddLetters.IsAsked(field.Prompt) ? HardeningSeverity.Medium : HardeningSeverity.Low, amid, "letters of another script within Latin words");
        }
    }

    // Words of these letters alone may be quoted from their language.
    private static void Lookalikes(in HardeningField field, FindingList findings)
    {
        const int ManyWords = 3;
        var words = new LookalikeWords();
        if (!words.Run(field.Text))
        {
            if (words.Jumbled > 0)
            {
                findings.Add(field, words.Jumbled > 1 ? HardeningSeverity.Medium : HardeningSeverity.Low, words.At, $"{words.Jumbled} words in capitals jump between alphabets");
            }
        }
        else
        {
            var severity = words.Mixed >= ManyWords ? HardeningSeverity.High : words.Mixed > 0 || words.Jumbled > 1 || words.Whole >= ManyWords ? HardeningSeverity.Medium : HardeningSeverity.Low;
            findings.Add(field, severity, words.At, $"{words.Mixed + words.Whole + words.Single + words.Jumbled} words have letters that pass for Latin ones, and no other word is of their script");
        }
    }
}
