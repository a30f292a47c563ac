namespace Gateway.Core.Judging.Verdicts;

/// <summary>A text without its white space, so that what was laid out anew compares as the same.</summary>
internal static class Compact
{
    /// <summary>The text without white space anywhere.</summary>
    public static string Of(string text)
    {
        var kept = new char[text.Length];
        var length = 0;
        foreach (var one in text)
        {
            kept[length] = one;
            length += char.IsWhiteSpace(one) ? 0 : 1;
        }

        return new string(kept, 0, length);
    }
}
