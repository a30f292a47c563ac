using Gateway.Core.Scoring;

namespace Gateway.Core.Aggregation;

/// <summary>From what every juror said of a response to what the jury says.</summary>
public static class JuryTally
{
    /// <summary>
    /// A score where enough jurors gave one; else the failure of those who failed, naming them, one that a retry cannot help first; else no verdict,
    /// where jurors came to none. The order of the jurors does not matter.
    /// </summary>
    public static ScoreResult Of(JuryRule rule, IReadOnlyList<JurorScore> jurors)
    {
        JurorScore[] heard = [.. jurors.Where(juror => juror.Value is not null)];
        var results = jurors.Select(juror => juror.Result).OfType<ScoreResult>().ToArray();
        var tokens = (int)Math.Min(int.MaxValue, results.Sum(result => (long)(result.Score?.Tokens ?? result.Undecided?.Tokens ?? 0)));
        var timings = jurors.Where(juror => !juror.IsCached).Aggregate(default(ScoreTimings), (sum, juror) => sum + (juror.Result?.Timings ?? default));
        if (heard.Length >= rule.Quorum)
        {
            var (lowest, highest) = rule.Scale ?? new ScoreRange(double.NegativeInfinity, double.PositiveInfinity);
            return new Score(
                JuryScore.Of(rule.Welfare, [.. heard.Select(juror => juror.Value!.Value)], lowest, highest, [.. heard.Select(juror => juror.Juror.Weight)]),
                tokens,
                heard.Any(juror => juror.Result!.Score!.Truncated),
                timings,
                Judgement: JudgementOf(rule, jurors, heard));
        }

        return FailureOf(jurors) is { } failure ? failure : new Undecided(
            string.Join("; ", jurors.Where(juror => juror.Result?.Undecided is not null).Select(juror => $"juror '{juror.Juror.Name}' came to no verdict: {juror.Result!.Undecided!.Why}")),
            JudgementOf(rule, jurors, heard),
            tokens,
            timings);
    }

    private static Failure? FailureOf(IReadOnlyList<JurorScore> jurors)
    {
        var failed = jurors.Where(juror => juror.Result is { IsFailure: true }).ToArray();
        if (failed.Length == 0)
        {
            return null;
        }

        var kinds = failed.Select(juror => juror.Result!.Failure!.Kind).Distinct().ToArray();
        return new Failure(
            kinds.OrderBy(kind => kind.Traits().Retryable).ThenByDescending(kind => kind.Traits().Status).First(),
            string.Join("; ", failed.Select(juror => $"juror '{juror.Juror.Name}': {juror.Result!.Failure!.Message}")))
        {
            RetryAfter = failed.Max(juror => juror.Result!.Failure!.RetryAfter),
        };
    }

    private static Judgement JudgementOf(JuryRule rule, IReadOnlyList<JurorScore> jurors, JurorScore[] heard)
    {
        var usage = jurors.Aggregate(default(JudgeUsage), (sum, juror) => sum + (juror.Result?.Judgement?.Usage ?? default));
        var words = heard.Where(juror => juror.Result!.Judgement?.Critique is not null).Select(juror => $"{juror.Juror.Name}: {juror.Result!.Judgement!.Critique}").ToArray();
        var missing = jurors.Where(juror => juror.Value is null).Select(juror => $"'{juror.Juror.Name}'").ToArray();
        return Judgement.Of(words.Length > 0 ? string.Join("\n\n", words) : null, usage) with
        {
            Samples = heard.Length,
            Missing = missing.Length,
            Spread = heard.Length > 1 ? Spread.Deviation([.. heard.Select(juror => juror.Value!.Value).Order()]) : null,
            Note = missing.Length > 0 ? $"without {string.Join(", ", missing)}" : null,
            Jury = JuryReport.Of(rule, jurors),
        };
    }
}
