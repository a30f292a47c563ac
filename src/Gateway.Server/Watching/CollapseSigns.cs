namespace Gateway.Server.Watching;

/// <summary>Which signs of collapse a window shows beside what its run was like before. Pure.</summary>
internal static class CollapseSigns
{
    // Below this many bytes a median says nothing: "yes" is not a collapse of "maybe".
    private const double ShortestMedian = 16;

    /// <summary>The signs that hold, each with what was measured, what it was before, and the limit it passed.</summary>
    public static IEnumerable<CollapseSign> In(WindowSummary now, WindowSummary? before, WatchOptions limits)
    {
        if (Same(now.Same, before?.Same, now.Prompts, limits) is { } same)
        {
            yield return new CollapseSign(CollapseKind.SameResponse, now.Same, before?.Same, same);
        }
        else if (Same(now.NearSame, before?.NearSame, now.Prompts, limits) is { } near)
        {
            yield return new CollapseSign(CollapseKind.NearSameResponse, now.NearSame, before?.NearSame, near);
        }

        if (before is not { } was)
        {
            yield break;
        }

        var shortest = was.MedianBytes * (100 - limits.ShrinkPercent) / 100;
        if (was.MedianBytes >= ShortestMedian && now.MedianBytes <= shortest)
        {
            yield return new CollapseSign(CollapseKind.ShrinkingLength, now.MedianBytes, was.MedianBytes, shortest);
        }

        var highest = was.MeanScore + (Math.Sqrt(was.ScoreVariance) * limits.RewardRisePercent / 100);
        if (now.MeanScore > was.MeanScore && now.MeanScore >= highest && now.Diversity <= was.Diversity * (100 - limits.DiversityDropPercent) / 100)
        {
            yield return new CollapseSign(CollapseKind.RewardUpDiversityDown, now.MeanScore, was.MeanScore, highest);
        }

        var most = was.FindingsPerThousand + limits.FindingsPerThousand;
        if (now.FindingsPerThousand >= most)
        {
            yield return new CollapseSign(CollapseKind.FindingsRising, now.FindingsPerThousand, was.FindingsPerThousand, most);
        }
    }

    /// <summary>The limit that a share passed, or null.</summary>
    private static double? Same(double share, double? before, int prompts, WatchOptions limits)
    {
        var always = limits.SameAlwaysPercent / 100.0;
        var limit = before is { } was ? Math.Min(always, was + (limits.SamePercent / 100.0)) : always;
        // A run that always answered alike does not collapse.
        return prompts >= limits.Prompts && share >= limit && !(before >= always) ? limit : null;
    }
}

/// <summary>One sign of collapse.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Value">What was measured: a share, a median in bytes, a mean score, or findings in a thousand.</param>
/// <param name="Before">The same measured before, where there is a before.</param>
/// <param name="Limit">What it passed.</param>
internal readonly record struct CollapseSign(CollapseKind Kind, double Value, double? Before, double Limit);

/// <summary>The signs of collapse that are known.</summary>
internal enum CollapseKind
{
    /// <summary>One same response to many prompts.</summary>
    SameResponse,

    /// <summary>One nearly same response to many prompts.</summary>
    NearSameResponse,

    /// <summary>Responses became much shorter.</summary>
    ShrinkingLength,

    /// <summary>Scores rose while responses became alike.</summary>
    RewardUpDiversityDown,

    /// <summary>More responses than before look like attacks.</summary>
    FindingsRising,
}
