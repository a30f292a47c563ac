using Gateway.Core.Aggregation;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;

namespace Gateway.Core.Judging.Styles;

/// <summary>
/// One response, criterion by criterion; its score is Σwc/Σw from 0 to 1 (CARMO, arXiv 2410.21545; Rubrics as Rewards, arXiv 2507.17746). The criteria are
/// those of the request's rubric or principle, or of the manifest.
/// </summary>
internal sealed class CriteriaStyle(StyleSource source) : IJudgeStyle
{
    private readonly JudgePrompt _prompt = source.Prompt("criteria", "response", "form");

    public Granularity Granularity => Granularity.Pointwise;

    public GuidanceFields Guidance => GuidanceFields.Reference | GuidanceFields.Principle | GuidanceFields.Rubric | GuidanceFields.GeneratedCriteria;

    public string Identity => $"criteria/1\n{_prompt.Text}";

    public VoteRule Votes => VoteRule.Mean;

    public bool VariesBySample => false;

    public IReadOnlyList<JudgeCall> BuildCalls(JudgeCase judged)
    {
        var criteria = CriteriaOf(judged);
        var values = judged.Values(0);
        values["form"] = judged.Trusted(
            "{" + string.Join(", ", criteria.Select(one => $"\"{Why(one)}\": \"<the evidence>\", \"{one.Name}\": \"<the answer>\"")) + "}");
        return [new JudgeCall(_prompt.Write(values))
        {
            Shown = [0],
            Schema = JsonSchema.Of([.. criteria.SelectMany(one =>
                new[] { (Why(one), JsonSchema.Text), (one.Name, JsonSchema.OneOf([.. one.Choices])) })]),
        }];
    }

    public SampleVerdict ReadVerdict(JudgeCase judged, JudgeCall call, JudgeReply reply)
    {
        var criteria = CriteriaOf(judged);
        var verdict = reply.Json(judged, [.. criteria.Select(one => one.Name)]);
        int[] choices = [.. criteria.Select(one => verdict.OneOf(one.Name, one.Choices))];
        return new SampleVerdict([CriteriaScore.Of(criteria, choices)])
        {
            Components = [[.. criteria.Select((one, i) => new ScoreComponent(one.Name, one.Worth(choices[i]), one.Weight, verdict.Text(Why(one))))]],
        };
    }

    private static IReadOnlyList<Criterion> CriteriaOf(JudgeCase judged) => judged.Rubric is { Criteria: { Count: > 0 } criteria }
        ? criteria
        : throw new GatewayException(ErrorKind.InvalidRequest, "this judge needs criteria; send 'criteria', a 'rubric' or a 'principle' that has some.");

    private static string Why(Criterion criterion) => $"why {criterion.Name}";
}
