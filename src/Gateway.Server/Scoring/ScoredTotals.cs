using Gateway.Core.Scoring;

namespace Gateway.Server.Scoring;

/// <summary>What the responses of one request got, counted in one pass.</summary>
internal sealed class ScoredTotals
{
    /// <summary>Counts.</summary>
    public ScoredTotals(IReadOnlyList<IReadOnlyList<ScoredResponse>> items)
    {
        HashSet<object>? timed = null;
        for (var item = 0; item < items.Count; item++)
        {
            for (var i = 0; i < items[item].Count; i++)
            {
                var response = items[item][i];
                Responses++;
                Findings += response.Findings.Count;
                Cached += response.IsCached ? 1 : 0;
                Unchecked += response.Check is { Outcome: ControlOutcome.Unchecked } ? 1 : 0;
                if (response.Result.IsFailure)
                {
                    Failed++;
                    continue;
                }

                Truncated += response.Result.Score is { Truncated: true } ? 1 : 0;
                // A stored score took no time, and one that several responses share was made once.
                if (!response.IsCached && (timed ??= new(ReferenceEqualityComparer.Instance)).Add((object?)response.Result.Score ?? response.Result.Undecided!))
                {
                    Timings += response.Result.Timings;
                    IsJudged |= response.Result.Judgement is not null;
                    Usage += response.Result.Judgement?.Usage ?? default;
                }
            }
        }
    }

    /// <summary>Responses in all.</summary>
    public int Responses { get; }

    /// <summary>Those that failed.</summary>
    public int Failed { get; }

    /// <summary>Those that a stored score answered.</summary>
    public int Cached { get; }

    /// <summary>Those that were to be held against control answers and could not be.</summary>
    public int Unchecked { get; }

    /// <summary>Those whose text was cut.</summary>
    public int Truncated { get; }

    /// <summary>What the hardening rules found in them.</summary>
    public int Findings { get; }

    /// <summary>The longest wait of one score, and the sums of the other times.</summary>
    public ScoreTimings Timings { get; private set; }

    /// <summary>True where a judge was asked.</summary>
    public bool IsJudged { get; private set; }

    /// <summary>What judges took.</summary>
    public JudgeUsage Usage { get; private set; }
}
