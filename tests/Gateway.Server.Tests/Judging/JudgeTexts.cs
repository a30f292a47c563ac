using System.Text.RegularExpressions;

namespace Gateway.Server.Tests.Judging;

/// <summary>What a judge was shown, taken apart as a scripted judge needs it.</summary>
internal static partial class JudgeTexts
{
    /// <summary>The fenced texts by name.</summary>
    public static Dictionary<string, string> Of(string asked) => Fenced().Matches(asked).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);

    /// <summary>A pairwise verdict for the longer response; a tie where they are as long.</summary>
    public static string LongerOf(string asked)
    {
        var texts = Of(asked);
        var (one, two) = (texts["response 1"].Length, texts["response 2"].Length);
        return $$"""{"explanation": "by length", "better": "{{(one > two ? "1" : one < two ? "2" : "tie")}}"}""";
    }

    [GeneratedRegex("<<<([a-z0-9 ]+) [0-9a-f]{16}\n(.*?)\n", RegexOptions.Singleline)]
    private static partial Regex Fenced();
}
