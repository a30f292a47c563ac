using Gateway.Core.Aggregation;
using Gateway.Core.Judging.Verdicts.Probabilities;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;

namespace Gateway.Core.Judging.Styles;

/// <summary>
/// The probability that the judge says yes, σ(l_yes − l_no) at its first token: ZYN (arXiv 2308.06385), IPO, principle-following reward models
/// (arXiv 2509.21319). Of several questions the mean; one that begins with an exclamation mark asks for a fault, and counts the other way round.
/// </summary>
internal sealed class YesNoStyle : IJudgeStyle
{
    private const string Default = "Is this a good response to the prompt?";

    private readonly JudgePrompt _prompt;
    private readonly IReadOnlyList<string> _questions;
    private readonly YesNoReader _reader;
    private readonly bool _logOdds;

    public YesNoStyle(StyleSource source)
    {
        _prompt = source.Prompt("yes-no", "response", "question");
        _questions = source.Keys.Texts("questions") is { Count: > 0 } questions ? questions : [Default];
        _logOdds = source.Keys.Choice("value", "probability", "log-odds") == "log-odds";
        var (yes, no) = (source.Keys.Texts("yes"), source.Keys.Texts("no"));
        _reader = yes.Count > 0 && no.Count > 0 ? new YesNoReader(new TokenWords(yes), new TokenWords(no)) : YesNoReader.English;
        if (yes.Count > 0 != no.Count > 0)
        {
            source.Keys.Problem("'style.yes' and 'style.no' go together; give both, or none for English.");
        }

        if (_questions.Count > 1 && !_prompt.Shows("question"))
        {
            source.Keys.Problem("'style.questions' holds several and the prompt of 'style.prompt' shows none; put '{{question}}' where each is to stand, or ask one.");
        }

        if (_questions.Any(question => string.IsNullOrWhiteSpace(question.TrimStart('!'))))
        {
            source.Keys.Problem("'style.questions' holds an empty question; write it, or remove it.");
        }
    }

    /// <summary>The keys that it takes.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["questions", "yes", "no", "value"];

    public Granularity Granularity => Granularity.Pointwise;

    public GuidanceFields Guidance => GuidanceFields.Reference | GuidanceFields.Principle;

    public string Identity => $"yes-no/1\n{_prompt.Text}";

    public VoteRule Votes => VoteRule.Mean;

    public bool VariesBySample => false;

    public ScoreRange? RangeOf(ScoreScale scale) => _logOdds ? null : ScoreRange.ZeroToOne;

    public IReadOnlyList<JudgeCall> BuildCalls(JudgeCase judged) => [.. _questions.Select((question, i) =>
    {
        var values = judged.Values(0);
        values["question"] = judged.Trusted(question.TrimStart('!').Trim());
        return new JudgeCall(_prompt.Write(values)) { Shown = [0], Question = i, ReadsProbabilities = true };
    })];

    public SampleVerdict ReadVerdict(JudgeCase judged, JudgeCall call, JudgeReply reply)
    {
        var read = _reader.Read(reply);
        var isFault = _questions[call.Question].StartsWith('!');
        var value = _logOdds ? (isFault ? -read.LogOdds : read.LogOdds) : isFault ? 1 - read.Probability : read.Probability;
        return new SampleVerdict([value]) { Note = read.Bound == YesNoBound.Exact ? null : "one of yes and no was not among the likeliest tokens, so the value is a bound" };
    }

    public SampleVerdict Combine(JudgeCase judged, IReadOnlyList<JudgeCall> calls, IReadOnlyList<SampleVerdict> verdicts)
    {
        if (verdicts.Count == 1)
        {
            return verdicts[0];
        }

        double[] values = [.. verdicts.Select(verdict => verdict.Values[0]!.Value)];
        return new SampleVerdict([values.Average()])
        {
            Components = [[.. values.Select((value, i) => new ScoreComponent(_questions[i].TrimStart('!').Trim(), value, null, null))]],
            Note = verdicts.Select(verdict => verdict.Note).FirstOrDefault(note => note is not null),
        };
    }
}
