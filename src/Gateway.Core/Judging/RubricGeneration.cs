using Gateway.Core.Judging.Styles;
using Gateway.Core.Rubrics;

namespace Gateway.Core.Judging;

/// <summary>A scale from 1 to 5 written for one prompt, and principle, before any response is seen: what each score means for it (R3, arXiv 2505.13388).</summary>
public sealed class RubricGeneration : IGeneration
{
    private const string Descriptions = "descriptions";

    private static readonly JudgePrompt Prompt = StyleSource.BuiltInPrompt("generate-rubric");

    /// <inheritdoc/>
    public string Kind => "rubric";

    /// <inheritdoc/>
    public string Identity => $"generate-rubric/1\n{Prompt.Text}";

    /// <inheritdoc/>
    public JudgeCase Shown(JudgeCase judged) => judged.PromptOnly(judged.Principle);

    /// <inheritdoc/>
    public JudgeCall BuildCall(JudgeCase shown) => new(Prompt.Write(shown.Values()))
    {
        Schema = JsonSchema.Of(("explanation", JsonSchema.Text), (Descriptions, """{"type": "array", "items": {"type": "string"}, "minItems": 5, "maxItems": 5}""")),
    };

    /// <inheritdoc/>
    public string Read(JudgeCase shown, JudgeCall call, JudgeReply reply)
    {
        var text = $"{{\"scale\": {{\"lowest\": 1, \"highest\": 5, \"descriptions\": {reply.Json(shown, call, Descriptions).Raw(Descriptions)}}}}}";
        Parse(text);
        return text;
    }

    /// <inheritdoc/>
    public JudgeCase Apply(JudgeCase judged, string text) => judged.WithGenerated(Parse(text));

    private static Rubric Parse(string text) => KeptRubric.Read(text, "scale") is { Scale.Descriptions.Count: > 0 } rubric
        ? rubric
        : throw new UnreadableVerdictException("The scale: it says of no score what it means.");
}
