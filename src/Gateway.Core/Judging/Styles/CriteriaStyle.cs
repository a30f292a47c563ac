using Gateway.Core.Aggregation;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;

namespace Gateway.Core.Judging.Styles;

/// <summary>
/// One response, criterion by criterion, in one call or in one for each; its score is Σwc/Σw from 0 to 1 (CARMO, arXiv 2410.21545; Rubrics as Rewards,
/// arXiv 2507.17746). The criteria are those of the request's rubric or principle, or of the manifest, or generated.
/// </summary>
internal sealed class CriteriaStyle : IJudgeStyle
{
    private readonly JudgePrompt _prompt;
    private readonly bool _eachByItself;

    public CriteriaStyle(StyleSource source)
    {
        _prompt = source.Prompt("criteria", "response", "form");
        _eachByItself = source.Keys.Choice("calls", "together", "each") == "each";
    }

    /// <summary>The keys that it takes.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["calls"];

    public Granularity Granularity => Granularity.Pointwise;

    public GuidanceFields Guidance => GuidanceFields.Reference | GuidanceFields.Principle | GuidanceFields.Rubric | GuidanceFields.GeneratedCriteria;

    public string Identity => $"criteria/2\n{_prompt.Text}";

    public VoteRule Votes => VoteRule.Mean;

    public bool VariesBySample => false;

    public ScoreRange? RangeOf(ScoreScale scale) => ScoreRange.ZeroToOne;

    // A response without a word has no fault either, and would be credited for every pitfall.
    public SampleVerdict? DecideAlone(JudgeCase judged) => string.IsNullOrWhiteSpace(judged.Judged[0])
        ? new SampleVerdict([0])
        {
            Components = [[.. CriteriaOf(judged).Select(one => new ScoreComponent(one.Name, 0, one.Weight, null))]],
            Note = "the response is empty; no judge was asked",
        }
        : null;

    public IReadOnlyList<JudgeCall> BuildCalls(JudgeCase judged) =>
        [.. Enumerable.Range(0, _eachByItself ? CriteriaOf(judged).Count : 1).Select(question => Call(Asked(judged, question), question))];

    public SampleVerdict ReadVerdict(JudgeCase judged, JudgeCall call, JudgeReply reply)
    {
        var asked = Asked(judged, call.Question);
        var (criteria, names) = (CriteriaOf(asked), asked.CriterionNames);
        var verdict = reply.Json(asked, call, names);
        ScoreComponent[] parts = [.. criteria.Select((one, i) =>
            new ScoreComponent(one.Name, one.Worth(verdict.OneOf(names[i], one.Choices)), one.Weight, verdict.Text(Why(names[i]))))];
        return Of(parts);
    }

    public SampleVerdict Combine(JudgeCase judged, IReadOnlyList<JudgeCall> calls, IReadOnlyList<SampleVerdict> verdicts) =>
        Of([.. verdicts.SelectMany(verdict => verdict.Components[0])]);

    private static SampleVerdict Of(IReadOnlyList<ScoreComponent> parts) => new([CriteriaScore.Of(parts)]) { Components = [parts] };

    // What one call shows: all criteria, or the one at its place.
    private JudgeCase Asked(JudgeCase judged, int question) =>
        _eachByItself ? judged.WithCriteria([CriteriaOf(judged)[question]]) : judged;

    private JudgeCall Call(JudgeCase asked, int question)
    {
        var (criteria, names) = (CriteriaOf(asked), asked.CriterionNames);
        var values = asked.Values(0);
        values["form"] = asked.Trusted("{" + string.Join(", ", names.Select(name => $"\"{Why(name)}\": \"<the evidence>\", \"{name}\": \"<the answer>\"")) + "}");
        return new JudgeCall(_prompt.Write(values))
        {
            Shown = [0],
            Question = question,
            Schema = JsonSchema.Of([.. criteria.SelectMany((one, i) => new[] { (Why(names[i]), JsonSchema.Text), (names[i], JsonSchema.OneOf([.. one.Choices])) })]),
        };
    }

    private static IReadOnlyList<Criterion> CriteriaOf(JudgeCase judged) => judged.Rubric is { Criteria: { Count: > 0 } criteria }
        ? criteria
        : throw new GatewayException(ErrorKind.InvalidRequest, "this judge needs criteria; send 'criteria', a 'rubric' or a 'principle' that has some.");

    private static string Why(string criterion) => $"why {criterion}";
}
