using Gateway.Core.Aggregation;
using Gateway.Core.Judging.Verdicts;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;

namespace Gateway.Core.Judging.Styles;

/// <summary>
/// Two responses against each other, in both orders: what the orders do not agree on is undecided. R3 pair-wise (arXiv 2505.13388), Con-J
/// (arXiv 2410.03742), Prometheus relative and RM-R1 by their formats.
/// </summary>
internal sealed class PairwiseStyle : IJudgeStyle
{
    private readonly JudgePrompt _prompt;
    private readonly IVerdictFormat? _format;
    private readonly bool _oneOrder;

    public PairwiseStyle(StyleSource source)
    {
        _prompt = source.Prompt("pairwise", "response_1", "response_2");
        _format = source.Format();
        _oneOrder = source.Keys.Choice("orders", "both", "one") == "one";
    }

    /// <summary>The keys that it takes.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["orders"];

    public Granularity Granularity => Granularity.Pairwise;

    public GuidanceFields Guidance => GuidanceFields.Reference | GuidanceFields.Principle | GuidanceFields.Rubric | GuidanceFields.GeneratedCriteria;

    public string Identity => $"pairwise/1\n{_prompt.Text}";

    public VoteRule Votes => VoteRule.Majority;

    // With one order, which one it is, is drawn for each sample.
    public bool VariesBySample => _oneOrder;

    public ScoreRange? RangeOf(ScoreScale scale) => ScoreRange.ZeroToOne;

    public SampleVerdict? DecideAlone(JudgeCase judged) => judged.Judged[0] == judged.Judged[1]
        ? new SampleVerdict([0.5, 0.5]) { Note = "the two are the same text; no judge was asked" }
        : null;

    public IReadOnlyList<JudgeCall> BuildCalls(JudgeCase judged) => _oneOrder ? [Call(judged, judged.Shuffled(2))] : [Call(judged, [0, 1]), Call(judged, [1, 0])];

    public SampleVerdict ReadVerdict(JudgeCase judged, JudgeCall call, JudgeReply reply)
    {
        if (_format is not null)
        {
            return _format.Read(judged, call, reply) is Verdict.Choice(var better, _, var reason)
                ? new SampleVerdict(Shares(better)) { Critique = reason }
                : throw new UnreadableVerdictException("The configured format states no preference between two responses.");
        }

        var verdict = reply.Json(judged, call, "better");
        var preference = verdict.OneOf("better", ["1", "2", "tie"]) switch
        {
            0 => Preference.First,
            1 => Preference.Second,
            _ => Preference.Tie,
        };
        return new SampleVerdict(Shares(preference)) { Critique = verdict.Text("explanation") };
    }

    public SampleVerdict Combine(JudgeCase judged, IReadOnlyList<JudgeCall> calls, IReadOnlyList<SampleVerdict> verdicts)
    {
        double?[][] inOrder = [.. verdicts.Select((verdict, i) => calls[i].Shown[0] == 0 ? [.. verdict.Values] : new[] { verdict.Values[1], verdict.Values[0] })];
        if (inOrder.Length == 1)
        {
            return verdicts[0] with { Values = inOrder[0] };
        }

        return inOrder[0][0] == inOrder[1][0]
            ? verdicts[0] with { Values = inOrder[0], Agreement = 1 }
            : verdicts[0] with { Values = [null, null], Agreement = 0.5, Note = "the two orders disagree" };
    }

    private JudgeCall Call(JudgeCase judged, int[] shown) => new(_prompt.Write(judged.Values(shown)))
    {
        Shown = shown,
        Schema = JsonSchema.Of(("explanation", JsonSchema.Text), ("better", JsonSchema.OneOf("1", "2", "tie"))),
    };

    private static double?[] Shares(Preference better) => better switch
    {
        Preference.First => [1, 0],
        Preference.Second => [0, 1],
        Preference.Tie => [0.5, 0.5],
        _ => [null, null],
    };
}
