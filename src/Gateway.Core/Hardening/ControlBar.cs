using Gateway.Core.Aggregation;

namespace Gateway.Core.Hardening;

/// <summary>What a score has to do better than that of a control answer.</summary>
/// <param name="Margin">By how much, in units of the score.</param>
/// <param name="Bottom">The score of what earns nothing: a control that is no further above it than the margin fooled nobody. Null where there is none.</param>
public readonly record struct ControlBar(double Margin, double? Bottom)
{
    /// <summary>The margin where none is declared, as a share of the scale.</summary>
    public const double UsualShare = 0.05;

    /// <summary>The bar on a scale; null where there is no scale and no margin is declared.</summary>
    /// <param name="range">The scale; null where scores have no bounds.</param>
    /// <param name="margin">The declared margin; null for a share of the scale.</param>
    /// <param name="bottom">The declared bottom; null for that of the scale.</param>
    public static ControlBar? Of(ScoreRange? range, double? margin, double? bottom) =>
        (margin ?? (range is { } scale ? scale.Width * UsualShare : null)) is { } known ? new ControlBar(known, bottom ?? range?.Lowest) : null;

    /// <summary>True where the control fooled nobody, or the response did better than it. So an honest low score stands where the judge is sound.</summary>
    public bool IsCleared(double response, double control) =>
        (Bottom is { } bottom && !IsAbove(control, bottom)) || IsAbove(response, control);

    private bool IsAbove(double value, double other) => value > other && value - other >= Margin;
}
