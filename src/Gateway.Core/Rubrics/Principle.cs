using Gateway.Core.Scoring;

namespace Gateway.Core.Rubrics;

/// <summary>What a judge is told to value, in words; of the catalogue, or sent with a request.</summary>
/// <param name="Name">Its name in the catalogue; empty for one that came with a request.</param>
/// <param name="Version">Its version in the catalogue; 0 for one that came with a request.</param>
/// <param name="Title">Its title for people.</param>
/// <param name="Text">The words that the judge reads.</param>
/// <param name="Rubric">The scale and criteria that go with it; null for words alone.</param>
/// <param name="Styles">The judge styles that it is written for; empty for all.</param>
public sealed record Principle(string Name, int Version, string Title, string Text, Rubric? Rubric, IReadOnlyList<string> Styles)
{
    private string? _digest;

    /// <summary>SHA-256 over what a judge sees of it, text and rubric, in hexadecimal; part of a judged score's key.</summary>
    public string Digest => _digest ??= DigestOf();

    /// <summary>A principle that came with a request.</summary>
    public static Principle Inline(string text, Rubric? rubric = null) => new("", 0, "", text, rubric, []);

    /// <summary>Why a judge of the style cannot go by it; null where it can.</summary>
    public string? ObjectionTo(string style) => Styles.Count == 0 || Styles.Contains(style, StringComparer.Ordinal)
        ? null
        : $"the principle '{Name}' is written for judges of the style {string.Join(", ", Styles)} and not for {style}; name another, or send its words as {{\"text\": …}}";

    /// <inheritdoc/>
    public bool Equals(Principle? other) => other is not null && other.Digest == Digest && other.Name == Name && other.Version == Version;

    /// <inheritdoc/>
    public override int GetHashCode() => Digest.GetHashCode(StringComparison.Ordinal);

    private string DigestOf()
    {
        // Before the hash begins: a thread hashes one thing at a time.
        var rubric = Rubric?.Digest ?? "";
        var hash = new KeyHash();
        hash.Append(Text);
        hash.Append(rubric);
        return hash.FinishHex();
    }
}
