using Gateway.Core.Judging;
using Gateway.Core.Scoring;
using Gateway.Server.Upstream.Chat;
using Microsoft.Extensions.AI;

namespace Gateway.Server.Judging;

/// <summary>What a judge said, and what it took.</summary>
/// <param name="Verdict">The verdict; null while there is none.</param>
/// <param name="Usage">Calls, tokens and cost.</param>
/// <param name="Timings">Waiting, and the time on the judge's server.</param>
internal readonly record struct JudgeAnswer(SampleVerdict? Verdict, JudgeUsage Usage, ScoreTimings Timings)
{
    /// <summary>The same with one more reply.</summary>
    public JudgeAnswer With(ChatResponse response, JudgePrices? prices)
    {
        var (prompt, completion) = (response.Usage?.InputTokenCount ?? 0, response.Usage?.OutputTokenCount ?? 0);
        var facts = ChatFacts.Of(response);
        return this with
        {
            Usage = Usage + new JudgeUsage(1, prompt, completion, prices?.Cost(prompt, completion)),
            Timings = Timings + new ScoreTimings(facts.Waited, default, default, facts.UpstreamTime),
        };
    }

    /// <summary>Another answer's usage and times added.</summary>
    public JudgeAnswer With(in JudgeAnswer other) => this with { Usage = Usage + other.Usage, Timings = Timings + other.Timings };
}
