namespace Gateway.Server.Watching;

/// <summary>What a run was like before: the mean of its summaries, in which old ones count less and less, so that a slow change is no alarm.</summary>
internal sealed class Baseline
{
    // Summaries over which it looks back; a run's first summaries count alike.
    private const int Memory = 64;

    private int _summaries;
    private WindowSummary _mean;

    /// <summary>The mean, or null before the first summary.</summary>
    public WindowSummary? Mean => _summaries == 0 ? null : _mean;

    /// <summary>Adds what the run was like.</summary>
    public void Add(in WindowSummary now)
    {
        _summaries = Math.Min(_summaries + 1, Memory);
        var weight = 1.0 / _summaries;
        var shift = now.MeanScore - _mean.MeanScore;
        _mean = new WindowSummary
        {
            Responses = now.Responses,
            Prompts = now.Prompts,
            Same = Mix(_mean.Same, now.Same, weight),
            NearSame = Mix(_mean.NearSame, now.NearSame, weight),
            MedianBytes = Mix(_mean.MedianBytes, now.MedianBytes, weight),
            MeanScore = Mix(_mean.MeanScore, now.MeanScore, weight),
            // The variance within windows and between them.
            ScoreVariance = Mix(_mean.ScoreVariance, now.ScoreVariance, weight) + weight * (1 - weight) * shift * shift,
            Diversity = Mix(_mean.Diversity, now.Diversity, weight),
            FindingsPerThousand = Mix(_mean.FindingsPerThousand, now.FindingsPerThousand, weight),
        };
    }

    private static double Mix(double before, double now, double weight) => before + (now - before) * weight;
}
