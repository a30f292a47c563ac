using Gateway.Core.Judging.Verdicts;

namespace Gateway.Core.Judging.Styles;

/// <summary>Reading that several styles share.</summary>
internal static class StyleReading
{
    /// <summary>What a named format reads in a reply.</summary>
    public static Verdict Read(this IVerdictFormat format, JudgeCase judged, JudgeCall call, JudgeReply reply) =>
        format.Read(new VerdictSource(VerdictText.Of(reply, judged.Judged)) { Judged = judged.Judged, Ids = call.Ids });

    /// <summary>The last JSON object of the judge's own that has these keys; one that stands in what it was sent, such as a response or the form of its answer, is not.</summary>
    public static VerdictJson Json(this JudgeReply reply, JudgeCase judged, JudgeCall call, params IReadOnlyList<string> keys) =>
        VerdictJson.Last(VerdictText.Of(reply, judged.Quotable), keys, [.. judged.Quotable, .. call.Messages.Where(message => message.Role != "assistant").Select(message => message.Text)]);

    /// <summary>The number that a verdict on one response is.</summary>
    public static double NumberOf(Verdict verdict) => verdict switch
    {
        Verdict.Number(var score, _) => score,
        Verdict.Truth(var isTrue, _) => isTrue ? 1 : 0,
        _ => throw new UnreadableVerdictException("The configured format states no score of one response."),
    };
}
