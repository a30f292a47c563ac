using System.Text.RegularExpressions;

namespace Gateway.Core.Rubrics;

/// <summary>What a rubric may hold, wherever it comes from: a file of the catalogue, a request, or a judge that wrote one. Lengths are in UTF-16 units.</summary>
public static partial class RubricRules
{
    /// <summary>The most criteria of a rubric.</summary>
    public const int MostCriteria = 50;

    /// <summary>The fewest answers of a criterion.</summary>
    public const int FewestChoices = 2;

    /// <summary>The most answers of a criterion.</summary>
    public const int MostChoices = 10;

    /// <summary>The most numbers of a scale.</summary>
    public const int MostScores = 101;

    /// <summary>How far from 0 a scale's numbers may lie.</summary>
    public const int LargestScore = 1_000;

    /// <summary>The lowest weight.</summary>
    public const double LeastWeight = 1e-6;

    /// <summary>The highest weight.</summary>
    public const double MostWeight = 1e6;

    /// <summary>The longest name of a criterion or principle.</summary>
    public const int LongestName = 64;

    /// <summary>The longest title.</summary>
    public const int LongestTitle = 200;

    /// <summary>The longest question.</summary>
    public const int LongestQuestion = 2_000;

    /// <summary>The longest choice or description of a score.</summary>
    public const int LongestChoice = 1_000;

    /// <summary>The longest text of a principle.</summary>
    public const int LongestText = 65_536;

    /// <summary>What is wrong with a name; null where nothing is.</summary>
    internal static string? OfName(string name) => name.Length <= LongestName && NamePattern.IsMatch(name)
        ? null
        : $"'{Shown(name)}' {NoName}";

    /// <summary>What is wrong with what is no name.</summary>
    internal static string NoName { get; } = $"is no name; use 1 to {LongestName} of the characters A-Z a-z 0-9 . _ -.";

    /// <summary>What is wrong with a text that a judge reads; null where nothing is.</summary>
    public static string? OfText(string text, int most) =>
        string.IsNullOrWhiteSpace(text) ? "it is empty; write it, or leave the key out where it may be missing."
        : text.Length > most ? $"it has {text.Length} characters; shorten it to {most}."
        : text.AsSpan().IndexOfAny(Controls) >= 0 ? "it holds a control character; remove it (tabs and line breaks may stay)."
        : null;

    /// <summary>What is wrong with a weight; null where nothing is.</summary>
    internal static string? OfWeight(double weight) => weight is >= LeastWeight and <= MostWeight
        ? null
        : "it must be a number from 0.000001 to 1000000; a criterion that must not count is left out, one that counts against a response is a pitfall.";

    /// <summary>What is wrong with a scale's ends; null where nothing is.</summary>
    internal static string? OfScale(int lowest, int highest) =>
        lowest >= highest ? $"lowest {lowest} is not below highest {highest}; swap or correct them."
        : highest - lowest >= MostScores ? $"{lowest} to {highest} are {highest - lowest + 1} scores; a scale has at most {MostScores}."
        : null;

    /// <summary>What is wrong with a scale's descriptions; null where nothing is.</summary>
    internal static string? OfDescriptions(int count, int lowest, int highest) => count == 0 || count == highest - lowest + 1
        ? null
        : $"there are {count} descriptions for the {highest - lowest + 1} scores from {lowest} to {highest}; write one for each, lowest first, or none.";

    /// <summary>A word of somebody's in a message, cut to a bearable length.</summary>
    internal static string Shown(string word) => word.Length <= 60 ? word : string.Concat(word.AsSpan(0, char.IsHighSurrogate(word[59]) ? 59 : 60), "…");

    [GeneratedRegex(@"^[A-Za-z0-9._-]+\z")]
    private static partial Regex NamePattern { get; }

    private static readonly System.Buffers.SearchValues<char> Controls = System.Buffers.SearchValues.Create(
        [.. Enumerable.Range(0, 0xa0).Select(code => (char)code).Where(char.IsControl).Except(['\t', '\n', '\r'])]);
}
