using Gateway.Core.Aggregation;

namespace Gateway.Server.Judging.Juries;

/// <summary>What a jury's <c>model.json</c> says.</summary>
/// <param name="Rule">How it comes to its score.</param>
/// <param name="Jurors">Who sits in it.</param>
/// <param name="Canonical">The fields that can change a score, in canonical form.</param>
internal sealed record JuryManifest(JuryRule Rule, IReadOnlyList<Juror> Jurors, string Canonical);
