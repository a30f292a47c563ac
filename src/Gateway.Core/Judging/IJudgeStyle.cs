using Gateway.Core.Aggregation;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;

namespace Gateway.Core.Judging;

/// <summary>A way of asking a judge: what it is sent, and how its answer is read. Pure: who asks, how often and what it costs is not its matter.</summary>
public interface IJudgeStyle
{
    /// <summary>How many responses it judges at a time.</summary>
    Granularity Granularity { get; }

    /// <summary>What it can be told besides prompt and responses.</summary>
    GuidanceFields Guidance { get; }

    /// <summary>Everything of it that can change a score and is not in the manifest: its prompt's text and its version.</summary>
    string Identity { get; }

    /// <summary>How several samples become one verdict, where the manifest does not say.</summary>
    VoteRule Votes { get; }

    /// <summary>True where samples differ although the judge's sampling does not, since each is shown another order.</summary>
    bool VariesBySample { get; }

    /// <summary>The lowest and highest score that it can give by this scale; null where it has no such bounds, or a foreign format sets them.</summary>
    ScoreRange? RangeOf(ScoreScale scale) => null;

    /// <summary>A verdict that needs no judge; null where one must be asked.</summary>
    SampleVerdict? DecideAlone(JudgeCase judged) => null;

    /// <summary>True where <see cref="DecideAlone"/> finds a response right whatever a judge would say.</summary>
    /// <param name="reference">The item's reference; null where it has none.</param>
    /// <param name="response">The response.</param>
    bool IsPlainlyRight(string? reference, string response) => false;

    /// <summary>The calls of one sample.</summary>
    /// <exception cref="GatewayException">The item lacks what the style needs.</exception>
    IReadOnlyList<JudgeCall> BuildCalls(JudgeCase judged);

    /// <summary>What a reply says of the responses that its call shows, in the shown order.</summary>
    /// <exception cref="UnreadableVerdictException">It says nothing that can be relied on.</exception>
    SampleVerdict ReadVerdict(JudgeCase judged, JudgeCall call, JudgeReply reply);

    /// <summary>What the calls of one sample come to, in the item's order.</summary>
    SampleVerdict Combine(JudgeCase judged, IReadOnlyList<JudgeCall> calls, IReadOnlyList<SampleVerdict> verdicts) => verdicts[0];
}
