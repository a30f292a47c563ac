using System.Text.Json.Serialization;

namespace Gateway.Client;

/// <summary>The answer of <c>GET /v1/models</c>, a superset of OpenAI's.</summary>
/// <param name="Object">Always <c>list</c>.</param>
/// <param name="Data">The served models.</param>
public sealed record ModelList(string Object, IReadOnlyList<ModelCard> Data);

/// <summary>One served model.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Object">Always <c>model</c>.</param>
/// <param name="Created">When the gateway loaded it, in seconds since 1970.</param>
/// <param name="OwnedBy"><c>reward-gateway</c> for what it scores, <c>cluster</c> for what passes through it.</param>
/// <param name="Root">Its name again, as OpenAI clients expect.</param>
/// <param name="Parent">Always null.</param>
/// <param name="MaxModelLen">The most tokens of one text it reads, where known.</param>
/// <param name="Revision">A digest of everything that can change its scores; null for a cluster.</param>
/// <param name="Granularity"><c>pointwise</c> or <c>listwise</c>; null for a cluster.</param>
/// <param name="Aliases">Other names it answers to.</param>
/// <param name="IsDefault">True for the model that answers where a request names none.</param>
public sealed record ModelCard(
    string Id,
    string Object,
    long Created,
    string OwnedBy,
    string Root,
    string? Parent,
    int? MaxModelLen,
    string? Revision,
    string? Granularity,
    IReadOnlyList<string> Aliases,
    bool IsDefault)
{
    /// <summary>Of a jury, who sits in it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<JurorCard>? Jurors { get; init; }
}

/// <summary>One juror of a served jury.</summary>
/// <param name="Name">Its name in the jury.</param>
/// <param name="Model">The served model that it is.</param>
/// <param name="Weight">How much it counts.</param>
public sealed record JurorCard(string Name, string Model, double Weight);
