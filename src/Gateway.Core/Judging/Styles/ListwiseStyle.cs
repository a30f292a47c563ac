using Gateway.Core.Aggregation;
using Gateway.Core.Judging.Verdicts;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;

namespace Gateway.Core.Judging.Styles;

/// <summary>
/// All responses at once against a principle, in the manner of RewardAnything (arXiv 2506.03637): each under a name that says nothing, in another
/// order for every sample, scored and ranked. Long lists are parted; scores on one scale need no merging beyond that.
/// </summary>
internal sealed class ListwiseStyle : IJudgeStyle
{
    private const int MostShown = 64;
    private const int ShownAtOnce = 8;

    private readonly JudgePrompt _prompt;
    private readonly IVerdictFormat? _format;
    private readonly bool _numbered;
    private readonly int _most;

    public ListwiseStyle(StyleSource source)
    {
        _prompt = source.Prompt("listwise", "responses", "ids", "request_json");
        _format = source.Format();
        _numbered = source.Keys.Choice("names", "opaque", "numbered") == "numbered";
        _most = source.Keys.OptionalCount("most", MostShown) ?? ShownAtOnce;
    }

    /// <summary>The keys that it takes.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["names", "most"];

    public Granularity Granularity => Granularity.Listwise;

    public GuidanceFields Guidance => GuidanceFields.Reference | GuidanceFields.Principle | GuidanceFields.Rubric | GuidanceFields.GeneratedCriteria;

    public string Identity => $"listwise/1\n{_prompt.Text}";

    public VoteRule Votes => VoteRule.Mean;

    public bool VariesBySample => true;

    public ScoreRange? RangeOf(ScoreScale scale) => _format is null ? new ScoreRange(scale.Lowest, scale.Highest) : null;

    public IReadOnlyList<JudgeCall> BuildCalls(JudgeCase judged)
    {
        var count = judged.Judged.Count;
        var shuffled = judged.Shuffled(count);
        var parts = (count + _most - 1) / _most;
        var names = _numbered ? [] : judged.Names(count);
        var calls = new List<JudgeCall>(parts);
        for (var part = 0; part < parts; part++)
        {
            // Even parts: a response alone in the last one would be judged in other company than all others.
            var (from, to) = (part * count / parts, (part + 1) * count / parts);
            var shown = shuffled[from..to];
            calls.Add(Call(judged, shown, _numbered ? [.. Enumerable.Range(1, shown.Length).Select(i => $"model-{i}")] : names[from..to]));
        }

        return calls;
    }

    public SampleVerdict ReadVerdict(JudgeCase judged, JudgeCall call, JudgeReply reply)
    {
        if (_format is not null)
        {
            return _format.Read(judged, call, reply) is Verdict.Listing(var listed, _, var reason)
                ? new SampleVerdict([.. listed.Select(score => (double?)score)]) { Critique = reason ?? VerdictText.ReasoningOf(reply, judged.Judged) }
                : throw new UnreadableVerdictException("The configured format states no scores of several responses.");
        }

        var verdict = reply.Json(judged, call, "scores", "ranking");
        var scores = verdict.Scores("scores", call.Ids, judged.Scale.Lowest, judged.Scale.Highest);
        verdict.Ranking("ranking", call.Ids, scores);
        return new SampleVerdict([.. scores.Select(score => (double?)score)]) { Critique = verdict.Text("explanation") };
    }

    public SampleVerdict Combine(JudgeCase judged, IReadOnlyList<JudgeCall> calls, IReadOnlyList<SampleVerdict> verdicts)
    {
        var values = new double?[judged.Judged.Count];
        for (var call = 0; call < calls.Count; call++)
        {
            for (var place = 0; place < calls[call].Shown.Count; place++)
            {
                values[calls[call].Shown[place]] = verdicts[call].Values[place];
            }
        }

        return new SampleVerdict(values)
        {
            Critique = string.Join("\n\n", verdicts.Select(verdict => verdict.Critique).OfType<string>()) is { Length: > 0 } critique ? critique : null,
            Note = calls.Count > 1 ? $"judged in {calls.Count} lists" : null,
        };
    }

    private JudgeCall Call(JudgeCase judged, int[] shown, string[] ids)
    {
        // One response would be shown under its own name, which the pointwise styles have no use for.
        var values = judged.Values();
        values["responses"] = judged.Listed(shown.Select((response, place) => (ids[place], judged.Judged[response])));
        values["ids"] = judged.Trusted(string.Join(", ", ids));
        values["request_json"] = judged.Request(shown.Select((response, place) => KeyValuePair.Create(ids[place], judged.Judged[response])));
        var (lowest, highest, _) = judged.Scale;
        return new JudgeCall(_prompt.Write(values))
        {
            Shown = shown,
            Ids = ids,
            Schema = JsonSchema.Of(
                ("explanation", JsonSchema.Text),
                ("scores", JsonSchema.Of([.. ids.Select(id => (id, JsonSchema.Whole(lowest, highest)))])),
                ("ranking", JsonSchema.ListOf(ids))),
        };
    }
}
