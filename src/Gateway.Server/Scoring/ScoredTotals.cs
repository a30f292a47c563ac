using Gateway.Core.Scoring;

namespace Gateway.Server.Scoring;

/// <summary>What the responses of one request got, counted in one pass.</summary>
internal sealed class ScoredTotals
{
    /// <summary>Counts.</summary>
    public ScoredTotals(IReadOnlyList<IReadOnlyList<ScoredResponse>> items)
    {
        HashSet<Score>? timed = null;
        for (var item = 0; item < items.Count; item++)
        {
            for (var i = 0; i < items[item].Count; i++)
            {
                var response = items[item][i];
                Responses++;
                Findings += response.Findings.Count;
                Cached += response.IsCached ? 1 : 0;
                if (!response.Result.IsScore)
                {
                    Failed++;
                    continue;
                }

                var score = response.Result.Score;
                Truncated += score.Truncated ? 1 : 0;
                // A stored score took no time, and one that several responses share was made once.
                if (!response.IsCached && (timed ??= new(ReferenceEqualityComparer.Instance)).Add(score))
                {
                    Add(score.Timings);
                }
            }
        }
    }

    /// <summary>Responses in all.</summary>
    public int Responses { get; }

    /// <summary>Those without a score.</summary>
    public int Failed { get; }

    /// <summary>Those that a stored score answered.</summary>
    public int Cached { get; }

    /// <summary>Those whose text was cut.</summary>
    public int Truncated { get; }

    /// <summary>What the hardening rules found in them.</summary>
    public int Findings { get; }

    /// <summary>The longest wait of one score, and the sums of the other times.</summary>
    public ScoreTimings Timings { get; private set; }

    private void Add(ScoreTimings more) => Timings = new ScoreTimings(
        more.Queue > Timings.Queue ? more.Queue : Timings.Queue, Timings.Encode + more.Encode, Timings.Run + more.Run, Timings.Upstream + more.Upstream);
}
