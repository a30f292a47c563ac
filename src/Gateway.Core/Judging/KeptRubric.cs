using System.Text.Json;
using Gateway.Core.Rubrics;

namespace Gateway.Core.Judging;

/// <summary>Reads a rubric that a judge wrote.</summary>
internal static class KeptRubric
{
    /// <summary>The rubric that a text is.</summary>
    /// <param name="text">The text.</param>
    /// <param name="what">What of a rubric it has, in a word.</param>
    /// <exception cref="UnreadableVerdictException">It is none.</exception>
    public static Rubric Read(string text, string what)
    {
        var faults = new List<RubricFault>();
        try
        {
            using var json = JsonDocument.Parse(text);
            if (RubricReader.ReadRubric(new JsonSource(json.RootElement, "$"), faults) is { } rubric)
            {
                return rubric;
            }
        }
        catch (JsonException)
        {
            throw new UnreadableVerdictException($"The {what}: it is no JSON.");
        }

        throw new UnreadableVerdictException(faults.Count > 0 ? $"The {what}: {faults[0].Plain}" : $"The {what}: there is nothing in it.");
    }
}
