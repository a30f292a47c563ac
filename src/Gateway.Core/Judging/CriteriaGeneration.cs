using System.Text.Json;
using Gateway.Core.Judging.Styles;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;

namespace Gateway.Core.Judging;

/// <summary>
/// Criteria written for one prompt before any response is seen (CARMO, arXiv 2410.21545): what the generator is sent, and what of its reply is kept.
/// </summary>
public static class CriteriaGeneration
{
    private const string Criteria = "criteria";

    private static readonly JudgePrompt Prompt = BuiltIn();

    /// <summary>Everything that can change what is generated and is not in the manifest.</summary>
    public static string Identity => $"generate-criteria/1\n{Prompt.Text}";

    /// <summary>The question to the generator; it shows the prompt and the principle, and neither responses nor the reference.</summary>
    public static JudgeCall BuildCall(JudgeCase promptOnly) => new(Prompt.Write(promptOnly.Values()))
    {
        Schema = JsonSchema.Of((Criteria, """
            {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}, "question": {"type": "string"}, "weight": {"type": "number"}, "pitfall": {"type": "boolean"}}, "required": ["name", "question", "weight", "pitfall"], "additionalProperties": false}, "minItems": 1}
            """)),
    };

    /// <summary>The text of the criteria in a reply, as it is kept.</summary>
    /// <exception cref="UnreadableVerdictException">There are none that can be used.</exception>
    public static string Read(JudgeCase promptOnly, JudgeReply reply)
    {
        var text = $"{{\"criteria\": {reply.Json(promptOnly, Criteria).Raw(Criteria)}}}";
        Parse(text);
        return text;
    }

    /// <summary>The rubric that a kept text is.</summary>
    /// <exception cref="UnreadableVerdictException">It is none.</exception>
    public static Rubric Parse(string text)
    {
        var faults = new List<FieldError>();
        try
        {
            using var json = JsonDocument.Parse(text);
            if (RubricReader.ReadRubric(json.RootElement, "$", faults) is { Criteria.Count: > 0 } rubric && faults.Count == 0)
            {
                return rubric;
            }
        }
        catch (JsonException)
        {
            throw new UnreadableVerdictException("The criteria are no JSON.");
        }

        throw new UnreadableVerdictException(
            faults.Count > 0 ? $"The criteria cannot be used: {faults[0].Path}: {faults[0].Message}" : "The criteria are an empty list.");
    }

    private static JudgePrompt BuiltIn()
    {
        var problems = new List<string>();
        var prompt = JudgePrompt.Read(StyleSource.BuiltIn("generate-criteria"), StyleSource.CommonValues, problems);
        return problems.Count == 0 ? prompt : throw new InvalidOperationException($"{problems[0]} This is a bug.");
    }
}
