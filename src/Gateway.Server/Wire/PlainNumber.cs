using System.Globalization;

namespace Gateway.Server.Wire;

/// <summary>
/// Numbers in texts that clients search for digits and a dot: never with an exponent, which such a search would take for the end of the number, and
/// always with a dot, as Python writes them.
/// </summary>
internal static class PlainNumber
{
    /// <summary>The shortest decimal text that reads back as the same number.</summary>
    /// <param name="value">A finite number.</param>
    public static string Of(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        var mark = text.IndexOf('E', StringComparison.Ordinal);
        if (mark < 0)
        {
            return text.Contains('.', StringComparison.Ordinal) ? text : text + ".0";
        }

        var sign = text[0] == '-' ? "-" : "";
        var digits = text[sign.Length..mark].Replace(".", "", StringComparison.Ordinal);
        var point = 1 + int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return point <= 0 ? $"{sign}0.{new string('0', -point)}{digits}"
            : point >= digits.Length ? $"{sign}{digits.PadRight(point, '0')}.0"
            : $"{sign}{digits[..point]}.{digits[point..]}";
    }
}
