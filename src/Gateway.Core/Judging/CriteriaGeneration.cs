using Gateway.Core.Judging.Styles;
using Gateway.Core.Rubrics;

namespace Gateway.Core.Judging;

/// <summary>Criteria written for one prompt, and principle, before any response is seen (CARMO, arXiv 2410.21545).</summary>
public sealed class CriteriaGeneration : IGeneration
{
    private const string Criteria = "criteria";

    private static readonly JudgePrompt Prompt = StyleSource.BuiltInPrompt("generate-criteria");

    /// <inheritdoc/>
    public string Kind => Criteria;

    /// <inheritdoc/>
    public string Identity => $"generate-criteria/2\n{Prompt.Text}";

    /// <inheritdoc/>
    public JudgeCase Shown(JudgeCase judged) => judged.PromptOnly(judged.Principle);

    /// <inheritdoc/>
    public JudgeCall BuildCall(JudgeCase shown) => new(Prompt.Write(shown.Values()))
    {
        Schema = JsonSchema.Of((Criteria, """
            {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}, "question": {"type": "string"}, "weight": {"type": "number"}, "pitfall": {"type": "boolean"}}, "required": ["name", "question", "weight", "pitfall"], "additionalProperties": false}, "minItems": 1}
            """)),
    };

    /// <inheritdoc/>
    public string Read(JudgeCase shown, JudgeCall call, JudgeReply reply)
    {
        var text = $"{{\"criteria\": {reply.Json(shown, call, Criteria).Raw(Criteria)}}}";
        Parse(text);
        return text;
    }

    /// <inheritdoc/>
    public JudgeCase Apply(JudgeCase judged, string text) => judged.WithGenerated(Parse(text));

    /// <summary>The rubric that a kept text is.</summary>
    /// <exception cref="UnreadableVerdictException">It is none.</exception>
    public static Rubric Parse(string text) => KeptRubric.Read(text, Criteria) switch
    {
        { Criteria.Count: 0 } => throw new UnreadableVerdictException("The criteria: the list is empty."),
        // Answers of its own would be shown to the judge in what it must reply, where nothing is quoted.
        var rubric when rubric.Criteria.All(one => one.Choices.SequenceEqual(Criterion.YesOrNo)) => rubric,
        _ => throw new UnreadableVerdictException("The criteria: each must be a question of yes or no, without 'choices'."),
    };
}
