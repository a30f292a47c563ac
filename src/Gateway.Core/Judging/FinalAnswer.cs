using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;

namespace Gateway.Core.Judging;

/// <summary>
/// Whether two texts end in plainly the same answer: a number, an option or a short expression. It says yes only where nobody could doubt it;
/// everything else is left to a judge.
/// </summary>
public static partial class FinalAnswer
{
    private const int LongestWhole = 64;
    private const int LongestAnswer = 400;

    /// <summary>True where the final answers of both are the same; false where they are not, or there is no telling.</summary>
    public static bool AreSame(string reference, string response)
    {
        if (Of(reference) is not { } wanted || Of(response) is not { } given)
        {
            return false;
        }

        return (Number(wanted), Number(given)) is ({ } one, { } other) ? one == other : Plain(wanted) is { Length: > 0 } plain && plain == Plain(given);
    }

    /// <summary>The final answer of a text: of its last box, behind its last <c>####</c>, or the whole of a short line; null where none stands out.</summary>
    internal static string? Of(string text)
    {
        text = text.Trim();
        return IsMarked(text) ? Marked(text) : text.Length is > 0 and <= LongestWhole && !text.Contains('\n') ? text : null;
    }

    /// <summary>What stands in a text's last box or, without one, behind its last <c>####</c>; null where that is nothing, too long or not ended.</summary>
    internal static string? Marked(string text)
    {
        if (text.LastIndexOf(@"\boxed{", StringComparison.Ordinal) is var box && box >= 0)
        {
            return Braced(text.AsSpan(box + 6));
        }

        if (text.LastIndexOf("####", StringComparison.Ordinal) is var mark && mark >= 0)
        {
            var answer = text[(mark + 4)..].Trim();
            return answer.Length is > 0 and <= LongestAnswer && !answer.Contains('\n') ? answer : null;
        }

        return null;
    }

    private static bool IsMarked(string text) => text.Contains(@"\boxed{", StringComparison.Ordinal) || text.Contains("####", StringComparison.Ordinal);

    [GeneratedRegex(@"^\(?([A-Za-z])\)?[.):]?$")]
    private static partial Regex Option { get; }

    [GeneratedRegex(@"^([+-]?)(\d{1,3}(?:,\d{3})+|\d{1,200})?(?:\.(\d{1,200}))?(%?)$")]
    private static partial Regex Decimals { get; }

    [GeneratedRegex(@"^([+-]?)\\[dt]?frac\{(\d{1,200})\}\{(\d{1,200})\}$")]
    private static partial Regex Fraction { get; }

    [GeneratedRegex(@"^([+-]?)(\d{1,200})/(\d{1,200})$")]
    private static partial Regex Quotient { get; }

    // What stands between the first brace and the one that closes it, and nothing but punctuation behind it.
    private static string? Braced(ReadOnlySpan<char> text)
    {
        var depth = 0;
        for (var i = 0; i < text.Length && i <= LongestAnswer; i++)
        {
            depth += text[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
            {
                return text[1..i].ToString();
            }
        }

        return null;
    }

    private static string Stripped(string answer)
    {
        answer = answer.Trim();
        while (answer.Length > 1 && ((answer[0] == '$' && answer[^1] == '$') || (answer.StartsWith(@"\(", StringComparison.Ordinal) && answer.EndsWith(@"\)", StringComparison.Ordinal))))
        {
            answer = (answer[0] == '$' ? answer[1..^1] : answer[2..^2]).Trim();
        }

        return answer.TrimEnd('.').Trim();
    }

    private static string Plain(string answer)
    {
        answer = Stripped(answer);
        return Option.Match(answer) is { Success: true } option
            ? option.Groups[1].Value.ToUpperInvariant()
            : answer.Replace(@"\left", "", StringComparison.Ordinal).Replace(@"\right", "", StringComparison.Ordinal)
                .Replace(@"\dfrac", @"\frac", StringComparison.Ordinal).Replace(@"\tfrac", @"\frac", StringComparison.Ordinal)
                .Replace(" ", "", StringComparison.Ordinal);
    }

    /// <summary>The number that an answer is, as a fraction in lowest terms; null where it is none. Nothing is rounded: 0.333 is not a third.</summary>
    internal static (BigInteger Numerator, BigInteger Denominator)? Number(string answer)
    {
        answer = InAscii(Stripped(answer)).Replace(@"\%", "%", StringComparison.Ordinal).Replace(@"\$", "", StringComparison.Ordinal).TrimStart('$').Replace(" ", "", StringComparison.Ordinal)
            .Replace('\u2212', '-');
        if (Fraction.Match(answer) is { Success: true } fraction)
        {
            return Reduced(fraction.Groups[1].Value, Whole(fraction.Groups[2].Value), Whole(fraction.Groups[3].Value));
        }

        if (Quotient.Match(answer) is { Success: true } quotient)
        {
            return Reduced(quotient.Groups[1].Value, Whole(quotient.Groups[2].Value), Whole(quotient.Groups[3].Value));
        }

        if (Decimals.Match(answer) is not { Success: true } number || (number.Groups[2].Length == 0 && number.Groups[3].Length == 0))
        {
            return null;
        }

        var (whole, digits) = (number.Groups[2].Value.Replace(",", "", StringComparison.Ordinal), number.Groups[3].Value);
        return Reduced(number.Groups[1].Value, Whole("0" + whole + digits), BigInteger.Pow(10, digits.Length) * (number.Groups[4].Length > 0 ? 100 : 1));
    }

    // Digits of every script are digits to a regular expression, and only these are to a number.
    private static string InAscii(string text) => Ascii.IsValid(text) ? text : string.Create(text.Length, text, static (into, from) =>
    {
        for (var i = 0; i < into.Length; i++)
        {
            into[i] = char.IsDigit(from[i]) ? (char)('0' + CharUnicodeInfo.GetDecimalDigitValue(from[i])) : from[i];
        }
    });

    private static BigInteger Whole(string digits) => BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);

    private static (BigInteger, BigInteger)? Reduced(string sign, BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero)
        {
            return null;
        }

        var common = BigInteger.Max(BigInteger.One, BigInteger.GreatestCommonDivisor(numerator, denominator));
        return ((sign == "-" ? -numerator : numerator) / common, denominator / common);
    }
}
