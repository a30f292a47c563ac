using Gateway.Core.Aggregation;
using Gateway.Core.Judging.Verdicts;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;

namespace Gateway.Core.Judging.Styles;

/// <summary>
/// One response, explanation before verdict: a number of a scale (R3 point-wise, arXiv 2505.13388; Prometheus, arXiv 2405.01535), or met or not, 1 or 0
/// (R3 binary), also after examples (Reward Design with Language Models, arXiv 2303.00001).
/// </summary>
internal sealed class PointwiseStyle : IJudgeStyle
{
    private readonly string _name;
    private readonly bool _isBinary;
    private readonly JudgePrompt _prompt;
    private readonly IVerdictFormat? _format;
    private readonly IReadOnlyList<JudgeExample> _examples;

    private PointwiseStyle(string name, StyleSource source)
    {
        _name = name;
        _isBinary = name == "binary";
        _prompt = source.Prompt(name, "response");
        _format = source.Format();
        _examples = _isBinary ? JudgeExample.Read(source.Keys, _prompt, Check) : [];
    }

    /// <summary>The keys that the binary form takes.</summary>
    public static IReadOnlyList<string> BinaryKeys { get; } = ["examples"];

    public Granularity Granularity => Granularity.Pointwise;

    // Examples hold for what their verdicts were given on, which is what the manifest says.
    public GuidanceFields Guidance => _examples.Count > 0
        ? GuidanceFields.Reference
        : GuidanceFields.Reference | GuidanceFields.Principle | GuidanceFields.Rubric | GuidanceFields.GeneratedCriteria;

    public string Identity => $"{_name}/2\n{_prompt.Text}";

    public VoteRule Votes => _isBinary ? VoteRule.Majority : VoteRule.Mean;

    public bool VariesBySample => false;

    public ScoreRange? RangeOf(ScoreScale scale) => _isBinary ? ScoreRange.ZeroToOne : _format is null ? new ScoreRange(scale.Lowest, scale.Highest) : null;

    /// <summary>A number of the scale.</summary>
    public static PointwiseStyle Rubric(StyleSource source) => new("rubric", source);

    /// <summary>Met or not.</summary>
    public static PointwiseStyle Binary(StyleSource source) => new("binary", source);

    public IReadOnlyList<JudgeCall> BuildCalls(JudgeCase judged)
    {
        var messages = _prompt.Write(judged.Values(0));
        var own = messages.TakeWhile(message => message.Role == "system").Count();
        return [new JudgeCall([.. messages.Take(own), .. _examples.SelectMany(example => example.Turns(_prompt, judged)), .. messages.Skip(own)])
        {
            Shown = [0],
            Schema = JsonSchema.Of(("explanation", JsonSchema.Text), (Key, _isBinary ? JsonSchema.Truth : JsonSchema.Whole(judged.Scale.Lowest, judged.Scale.Highest))),
        }];
    }

    public SampleVerdict ReadVerdict(JudgeCase judged, JudgeCall call, JudgeReply reply)
    {
        if (_format?.Read(judged, call, reply) is { } read)
        {
            return new SampleVerdict([StyleReading.NumberOf(read)]) { Critique = read.Critique };
        }

        var verdict = reply.Json(judged, call, Key);
        return new SampleVerdict([_isBinary ? Met(verdict) : verdict.Whole(Key, judged.Scale.Lowest, judged.Scale.Highest)]) { Critique = verdict.Text("explanation") };
    }

    private string Key => _isBinary ? "met" : "score";

    private static int Met(VerdictJson verdict) => verdict.Truth("met") ? 1 : 0;

    // An example is read as strictly as the judge is.
    private void Check(JudgeReply example)
    {
        var text = VerdictText.Of(example);
        if (_format is not null)
        {
            StyleReading.NumberOf(_format.Read(new VerdictSource(text)));
            return;
        }

        var verdict = VerdictJson.Last(text, [Key]);
        Met(verdict);
        verdict.Text("explanation");
    }
}
