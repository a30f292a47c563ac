using System.Text;
using System.Text.RegularExpressions;

namespace Gateway.Core.Judging;

/// <summary>
/// Whether a marked answer could be the reference in another form at all. What could not is nothing to ask a judge about, and most of it is there to tell
/// the judge something.
/// </summary>
internal static partial class MarkedAnswer
{
    // Enough for a unit, "square centimeters" or "miles per hour", and for the name of what was asked for.
    private const int MoreLetters = 20;

    // A letter of these scripts says about as much as three of an alphabet.
    private const int FirstIdeograph = 0x2E80;
    private const int LettersOfIdeograph = 3;

    /// <summary>
    /// False where it has over 20 letters more than the reference, LaTeX commands left out, or where the reference is a number and it has letters but not
    /// that number: a number in words is not looked for.
    /// </summary>
    public static bool CouldBe(string reference, string answer)
    {
        var wanted = FinalAnswer.Of(reference) ?? reference.Trim();
        var letters = Letters(answer);
        if (letters > Letters(wanted) + MoreLetters)
        {
            return false;
        }

        // Of 50 % "50 percent" is another form, of 1024 "2^{10} ways", of 0.5 "\frac12 cup".
        return letters == 0 || wanted.Contains('%') || FinalAnswer.Number(wanted) is not { } number || Calculated.IsMatch(answer)
            || Numbers.Matches(Apart.Replace(answer, "")).Any(match => FinalAnswer.Number(match.Value.TrimEnd(',')) == number);
    }

    [GeneratedRegex(@"\\[A-Za-z]+")]
    private static partial Regex Command { get; }

    // A number that is yet to be worked out, by whoever reads it.
    [GeneratedRegex(@"\d\s*(?:\\?%|\^|\\times|\\cdot|[\u00D7\u00B7*]\s*\d)|\\[dt]?frac\s*\d|\d\s*\\[dt]?frac|\d\s+\d{1,9}/\d")]
    private static partial Regex Calculated { get; }

    // What parts the digits of one number, or a sign from it.
    [GeneratedRegex(@"(?<=\d)(?:\{,\}|\\[,!;]\s?|[ \u00A0\u202F])(?=\d{3})|(?<=[-+\u2212])\s+(?=[\d.])")]
    private static partial Regex Apart { get; }

    [GeneratedRegex(@"[-+\u2212]?(?:\\[dt]?frac\{\d{1,200}\}\{\d{1,200}\}|\d[\d,]{0,200}(?:\.\d{1,200})?(?:/\d{1,200})?|\.\d{1,200})")]
    private static partial Regex Numbers { get; }

    private static int Letters(string text) => Command.Replace(text, "").EnumerateRunes().Where(Rune.IsLetter).Sum(rune => rune.Value < FirstIdeograph ? 1 : LettersOfIdeograph);
}
