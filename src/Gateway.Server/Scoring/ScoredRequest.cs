using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Server.Scoring;

/// <summary>A request's scores, by item in the client's order.</summary>
/// <param name="Model">The model that answered.</param>
/// <param name="Items">One list per item, one entry per response.</param>
/// <param name="Tokens">Tokens read; a response that came twice counts once.</param>
/// <param name="Timings">Time before the model.</param>
internal sealed record ScoredRequest(
    IRewardModel Model, IReadOnlyList<IReadOnlyList<ScoredResponse>> Items, long Tokens, LookupTimings Timings)
{
    /// <summary>For a pairwise model the comparisons of each item; null for others.</summary>
    public IReadOnlyList<IReadOnlyList<Comparison>>? Comparisons { get; init; }

    /// <summary>What control answers took; null where none were asked for.</summary>
    public ControlTotals? Controls { get; init; }

    /// <summary>What the responses got, counted.</summary>
    public ScoredTotals Totals => field ??= new ScoredTotals(Items);

    /// <summary>All responses in order.</summary>
    public IEnumerable<ScoredResponse> Responses => Items.SelectMany(item => item);

    /// <summary>Every score in order, for dialects that cannot carry a failure.</summary>
    /// <param name="nameOf">What a dialect calls the response at an index; null for <c>input 3</c>.</param>
    /// <exception cref="GatewayException">A response failed or was left undecided; the message names it, one of permanent trouble before transient.</exception>
    public IReadOnlyList<Score> ScoresOrThrow(Func<int, string>? nameOf = null)
    {
        var failed = Responses.Select((response, index) => (Failure: WhyNone(response.Result), index)).Where(entry => entry.Failure is not null).ToArray();
        if (failed.Length == 0)
        {
            return [.. Responses.Select(response => response.Result.Score!)];
        }

        // A retry must not be promised where one of the inputs can never be scored.
        var (failure, at) = failed.OrderBy(entry => entry.Failure!.Kind.Traits().Retryable).First();
        throw new GatewayException(failure!.Kind, $"{nameOf?.Invoke(at) ?? $"input {at}"}: {failure.Message}", retryAfter: failure.RetryAfter);
    }

    /// <summary>Why a response has no number; null where it has one. Where only numbers can be answered, no verdict is a failure: asking again would give the same.</summary>
    public static Failure? WhyNone(ScoreResult result) =>
        result.Undecided is { } undecided ? new Failure(ErrorKind.JudgeRefused, $"the judge came to no verdict: {undecided.Why}") : result.Failure;
}

/// <summary>What one response got, and what was found in its text.</summary>
/// <param name="Result">The score or the failure.</param>
/// <param name="Findings">What the hardening rules found.</param>
/// <param name="IsCached">True where a stored score answered.</param>
internal readonly record struct ScoredResponse(ScoreResult Result, IReadOnlyList<HardeningFinding> Findings, bool IsCached)
{
    /// <summary>What the responses of a unit got.</summary>
    public static ScoredResponse[] Of(IReadOnlyList<ScoreResult> results, IReadOnlyList<HardeningFinding> findings, bool isCached)
    {
        var scored = new ScoredResponse[results.Count];
        for (var i = 0; i < scored.Length; i++)
        {
            scored[i] = new ScoredResponse(results[i], findings, isCached);
        }

        return scored;
    }

    /// <summary>How it did against control answers; null where it was not held against any.</summary>
    public ControlCheck? Check { get; init; }

    /// <summary>The model's own score, where another one or none is given in its place.</summary>
    public double? Raw { get; init; }

    /// <summary>True where the score is the declared floor and no model's.</summary>
    public bool IsFloored => Findings.Count > 0 && Result.IsScore && Findings.Any(finding => finding.Action == FindingAction.Floored);
}

/// <summary>Where a request's time went before the model.</summary>
/// <param name="Harden">Keys, and hardening what no stored score answered.</param>
/// <param name="Cache">Looking for stored scores.</param>
internal readonly record struct LookupTimings(TimeSpan Harden, TimeSpan Cache);
