using Gateway.Core.Scoring;

namespace Gateway.Core.Rubrics;

/// <summary>How a response is to be scored: a scale, criteria, or both.</summary>
/// <param name="Scale">The numbers that a judge may give; null leaves it to the judge's style.</param>
/// <param name="Criteria">The questions, in the order in which they are asked.</param>
public sealed record Rubric(ScoreScale? Scale, IReadOnlyList<Criterion> Criteria)
{
    private string? _digest;

    /// <summary>SHA-256 over every field, in hexadecimal; part of a judged score's key.</summary>
    public string Digest => _digest ??= DigestOf();

    /// <inheritdoc/>
    public bool Equals(Rubric? other) => other?.Digest == Digest;

    /// <inheritdoc/>
    public override int GetHashCode() => Digest.GetHashCode(StringComparison.Ordinal);

    private string DigestOf()
    {
        var hash = new KeyHash();
        hash.Append(Scale is null ? 0 : 1);
        Scale?.AddTo(ref hash);
        hash.Append(Criteria.Count);
        for (var i = 0; i < Criteria.Count; i++)
        {
            Criteria[i].AddTo(ref hash);
        }

        return hash.FinishHex();
    }
}
