using Gateway.Core.Scoring;

namespace Gateway.Server.Scoring;

/// <summary>Scores that are given in place of models' own. One that several responses share stays one, so that what it took is counted once.</summary>
internal sealed class GivenScores
{
    private readonly Dictionary<Score, Score> _given = new(ReferenceEqualityComparer.Instance);

    /// <summary>The score with another value, which is always the same for it.</summary>
    public Score InPlaceOf(Score own, double value)
    {
        if (!_given.TryGetValue(own, out var given))
        {
            var (_, tokens, truncated, timings, steps, isProvisional, judgement) = own;
            _given[own] = given = new Score(value, tokens, truncated, timings, steps, isProvisional, judgement);
        }

        return given;
    }
}
