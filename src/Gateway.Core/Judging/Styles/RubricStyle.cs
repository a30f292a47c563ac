using Gateway.Core.Aggregation;
using Gateway.Core.Judging.Verdicts;
using Gateway.Core.Scoring;

namespace Gateway.Core.Judging.Styles;

/// <summary>One response against a scale, explanation before score: R3 point-wise (arXiv 2505.13388), Prometheus (arXiv 2405.01535).</summary>
internal sealed class RubricStyle(StyleSource source) : IJudgeStyle
{
    private readonly JudgePrompt _prompt = source.Prompt("rubric", "response");
    private readonly IVerdictFormat? _format = source.Format();

    public Granularity Granularity => Granularity.Pointwise;

    public GuidanceFields Guidance => GuidanceFields.Reference | GuidanceFields.Principle | GuidanceFields.Rubric | GuidanceFields.GeneratedCriteria;

    public string Identity => $"rubric/1\n{_prompt.Text}";

    public VoteRule Votes => VoteRule.Mean;

    public bool VariesBySample => false;

    public IReadOnlyList<JudgeCall> BuildCalls(JudgeCase judged)
    {
        var (lowest, highest, _) = judged.Scale;
        return [new JudgeCall(_prompt.Write(judged.Values(0)))
        {
            Shown = [0],
            Schema = JsonSchema.Of(("explanation", JsonSchema.Text), ("score", JsonSchema.Whole(lowest, highest))),
        }];
    }

    public SampleVerdict ReadVerdict(JudgeCase judged, JudgeCall call, JudgeReply reply)
    {
        if (_format?.Read(judged, call, reply) is { } read)
        {
            return new SampleVerdict([StyleReading.NumberOf(read)]) { Critique = read.Critique };
        }

        var verdict = reply.Json(judged, "score");
        return new SampleVerdict([verdict.Whole("score", judged.Scale.Lowest, judged.Scale.Highest)]) { Critique = verdict.Text("explanation") };
    }
}
