using System.Globalization;
using System.Text;
using Gateway.Core.Rubrics;

namespace Gateway.Core.Judging;

/// <summary>Scales and criteria in the words in which judges read them.</summary>
internal static class RubricText
{
    /// <summary>The numbers and what they mean.</summary>
    public static string Of(ScoreScale scale) => scale.Descriptions.Count == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{scale.Lowest} is the worst and {scale.Highest} the best.")
        : string.Join('\n', scale.Descriptions.Select((description, i) => string.Create(CultureInfo.InvariantCulture, $"{scale.Lowest + i}: {description}")));

    /// <summary>One line per criterion, each under the name at its place.</summary>
    public static string Of(IReadOnlyList<Criterion> criteria, IReadOnlyList<string> names)
    {
        var text = new StringBuilder();
        for (var i = 0; i < criteria.Count; i++)
        {
            var (_, question, weight, choices, isPitfall) = criteria[i];
            text.Append(text.Length > 0 ? "\n" : "").Append(CultureInfo.InvariantCulture, $"- {names[i]} (weight {weight:0.###}{(isPitfall ? ", a fault" : "")}): {question}");
            text.Append(CultureInfo.InvariantCulture, $" Answers: {string.Join(" | ", choices.Select(choice => $"\"{choice}\""))}.");
        }

        return text.ToString();
    }
}
