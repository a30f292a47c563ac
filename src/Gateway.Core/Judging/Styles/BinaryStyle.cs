using Gateway.Core.Aggregation;
using Gateway.Core.Judging.Verdicts;
using Gateway.Core.Scoring;

namespace Gateway.Core.Judging.Styles;

/// <summary>One response, met or not: 1 or 0 (R3 binary, arXiv 2505.13388).</summary>
internal sealed class BinaryStyle(StyleSource source) : IJudgeStyle
{
    private readonly JudgePrompt _prompt = source.Prompt("binary", "response");
    private readonly IVerdictFormat? _format = source.Format();

    public Granularity Granularity => Granularity.Pointwise;

    public GuidanceFields Guidance => GuidanceFields.Reference | GuidanceFields.Principle | GuidanceFields.Rubric | GuidanceFields.GeneratedCriteria;

    public string Identity => $"binary/1\n{_prompt.Text}";

    public VoteRule Votes => VoteRule.Majority;

    public bool VariesBySample => false;

    public IReadOnlyList<JudgeCall> BuildCalls(JudgeCase judged) =>
        [new JudgeCall(_prompt.Write(judged.Values(0))) { Shown = [0], Schema = JsonSchema.Of(("explanation", JsonSchema.Text), ("met", JsonSchema.Truth)) }];

    public SampleVerdict ReadVerdict(JudgeCase judged, JudgeCall call, JudgeReply reply)
    {
        if (_format?.Read(judged, call, reply) is { } read)
        {
            return new SampleVerdict([StyleReading.NumberOf(read)]) { Critique = read.Critique };
        }

        var verdict = reply.Json(judged, "met");
        return new SampleVerdict([verdict.Truth("met") ? 1 : 0]) { Critique = verdict.Text("explanation") };
    }
}
