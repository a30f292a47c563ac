using Gateway.Core.Aggregation;
using Gateway.Core.Judging.Verdicts;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;

namespace Gateway.Core.Judging.Styles;

/// <summary>
/// Is a response's final answer the reference: 1 or 0, in the manner of Master-RM (arXiv 2507.08794). Numbers, options and simple expressions that
/// are plainly the same are never asked about. The question can be left out, which that paper recommends for mathematics, and so can all of the
/// response but the answer that it marks: what else it says then reaches nobody.
/// </summary>
internal sealed class VerifierStyle : IJudgeStyle
{
    private readonly JudgePrompt _prompt;
    private readonly IVerdictFormat _format;
    private readonly bool _withQuestion;
    private readonly bool _alwaysAsks;
    private readonly bool _markedOnly;

    public VerifierStyle(StyleSource source)
    {
        _prompt = source.Prompt("verifier", "response", "question");
        _format = source.Format() ?? VerdictFormats.Find("master-rm")!;
        _withQuestion = source.Keys.Choice("question", "shown", "left-out") == "shown";
        _alwaysAsks = source.Keys.Choice("equal", "decided", "asked") == "asked";
        _markedOnly = source.Keys.Choice("answer", "whole", "marked") == "marked";
        if (!_withQuestion && !CanBeWrittenWithoutQuestion())
        {
            source.Keys.Problem("'style.question' is 'left-out', and the prompt shows {{prompt}} or {{question}} in any case; put what is to be left out between {{#question}} and {{/question}}.");
        }
    }

    /// <summary>The keys that it takes.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["question", "equal", "answer"];

    public Granularity Granularity => Granularity.Pointwise;

    public GuidanceFields Guidance => GuidanceFields.Reference | GuidanceFields.Principle;

    public string Identity => $"verifier/2\n{_prompt.Text}";

    public VoteRule Votes => VoteRule.Majority;

    public bool VariesBySample => false;

    public ScoreRange? RangeOf(ScoreScale scale) => ScoreRange.ZeroToOne;

    public bool IsPlainlyRight(string? reference, string response) => !_alwaysAsks && reference is not null && FinalAnswer.AreSame(reference, response);

    public SampleVerdict? DecideAlone(JudgeCase judged) =>
        IsPlainlyRight(judged.ReferenceText, judged.Judged[0])
            ? new SampleVerdict([1]) { Note = "the final answer is plainly the reference; no judge was asked" }
            : _markedOnly && judged.ReferenceText is { } wanted && WhyWrong(wanted, judged.Judged[0]) is { } why
                ? new SampleVerdict([0]) { Note = $"{why}; no judge was asked" }
                : null;

    public IReadOnlyList<JudgeCall> BuildCalls(JudgeCase judged)
    {
        var values = (_markedOnly && FinalAnswer.Marked(judged.Judged[0]) is { } answer ? judged.ShowingOnly(answer) : judged).Values(0);
        if (_withQuestion)
        {
            values["question"] = values["prompt"];
        }
        else
        {
            values.Remove("prompt");
        }

        return [new JudgeCall(_prompt.Write(values)) { Shown = [0] }];
    }

    public SampleVerdict ReadVerdict(JudgeCase judged, JudgeCall call, JudgeReply reply)
    {
        var read = _format.Read(judged, call, reply);
        return new SampleVerdict([StyleReading.NumberOf(read)]) { Critique = read.Critique };
    }

    private static string? WhyWrong(string reference, string response) =>
        FinalAnswer.Marked(response) is not { } answer ? @"no final answer is marked by \boxed{} or ####"
        : MarkedAnswer.CouldBe(reference, answer) ? null
        : "the marked answer is longer than the reference could be in another form, or lacks its number";

    private bool CanBeWrittenWithoutQuestion()
    {
        var values = StyleSource.CommonValues.Append("response").Where(name => name != "prompt").ToDictionary(name => name, _ => new PromptText(""), StringComparer.Ordinal);
        try
        {
            _prompt.Write(values);
            return true;
        }
        catch (GatewayException)
        {
            return false;
        }
    }
}
