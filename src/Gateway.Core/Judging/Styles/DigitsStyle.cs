using Gateway.Core.Aggregation;
using Gateway.Core.Judging.Verdicts.Probabilities;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;

namespace Gateway.Core.Judging.Styles;

/// <summary>The probability-weighted score of a scale's numbers, with its standard deviation: G-Eval (arXiv 2303.16634), OPRM (arXiv 2602.12660).</summary>
internal sealed class DigitsStyle : IJudgeStyle
{
    private const double LeastMass = 0.5;

    private readonly JudgePrompt _prompt;
    private readonly double _leastMass;

    public DigitsStyle(StyleSource source)
    {
        _prompt = source.Prompt("digits", "response");
        _leastMass = source.Keys.OptionalNumber("least_mass", 0, 1) ?? LeastMass;
    }

    /// <summary>The keys that it takes.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["least_mass"];

    public Granularity Granularity => Granularity.Pointwise;

    public GuidanceFields Guidance => GuidanceFields.Reference | GuidanceFields.Principle | GuidanceFields.Rubric;

    public string Identity => $"digits/1\n{_prompt.Text}";

    public VoteRule Votes => VoteRule.Mean;

    public bool VariesBySample => false;

    public ScoreRange? RangeOf(ScoreScale scale) => new ScoreRange(scale.Lowest, scale.Highest);

    public IReadOnlyList<JudgeCall> BuildCalls(JudgeCase judged) => [new JudgeCall(_prompt.Write(judged.Values(0))) { Shown = [0], ReadsProbabilities = true }];

    public SampleVerdict ReadVerdict(JudgeCase judged, JudgeCall call, JudgeReply reply)
    {
        var (mean, variance, _) = new DigitReader(judged.Scale.Lowest, judged.Scale.Highest, _leastMass).Read(reply);
        return new SampleVerdict([mean]) { Spread = Math.Sqrt(variance) };
    }
}
