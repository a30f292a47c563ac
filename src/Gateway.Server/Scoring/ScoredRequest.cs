using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Server.Scoring;

/// <summary>A request's scores, by item in the client's order.</summary>
/// <param name="Model">The model that answered.</param>
/// <param name="Items">One list per item, one entry per response.</param>
/// <param name="Tokens">Tokens read; a response that came twice counts once.</param>
/// <param name="Harden">Time in hardening and keys.</param>
internal sealed record ScoredRequest(
    IRewardModel Model, IReadOnlyList<IReadOnlyList<ScoredResponse>> Items, long Tokens, TimeSpan Harden)
{
    /// <summary>All responses in order.</summary>
    public IEnumerable<ScoredResponse> Responses => Items.SelectMany(item => item);

    /// <summary>Every score in order, for dialects that cannot carry a failure.</summary>
    /// <exception cref="GatewayException">A response failed; the message names its index.</exception>
    public IReadOnlyList<Score> ScoresOrThrow() => [.. Responses.Select((response, index) => response.Result.IsScore
        ? response.Result.Score
        : throw new GatewayException(response.Result.Failure.Kind, $"input {index}: {response.Result.Failure.Message}"))];
}

/// <summary>What one response got, and what was found in its text.</summary>
/// <param name="Result">The score or the failure.</param>
/// <param name="Findings">What the hardening rules found.</param>
internal readonly record struct ScoredResponse(ScoreResult Result, IReadOnlyList<HardeningFinding> Findings);
