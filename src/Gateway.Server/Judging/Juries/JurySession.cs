using Gateway.Core.Aggregation;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;

namespace Gateway.Server.Judging.Juries;

/// <summary>One hearing of a jury on one unit: every juror is asked at once, and those left are cancelled once no response can be decided any more.</summary>
internal sealed class JurySession(JuryManifest manifest, ScoringService scoring)
{
    private static readonly ScoreResult TimedOut = ScoreResult.Failed(ErrorKind.TimedOut, "The deadline passed before it answered.");

    /// <summary>Per response what each juror said of it, in the order of the manifest. Ends only when nobody reads the unit's texts any more.</summary>
    public async Task<JurorScore[][]> HearAsync(ScoreItem unit, ScoreOptions options, CancellationToken aborted)
    {
        using var hearing = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        var asked = manifest.Jurors.Select(juror => AskAsync(juror, unit, options, hearing.Token)).ToArray();
        var heard = new Dictionary<Task, JurorScore[]>(asked.Length);
        var missing = new int[unit.Body.ResponseCount];
        var isOver = false;
        await foreach (var answer in Task.WhenEach(asked))
        {
            if (!answer.IsCompletedSuccessfully)
            {
                // A bug; it is told below, when the others have left.
                await hearing.CancelAsync();
                continue;
            }

            var scores = isOver ? [.. answer.Result.Select(Unheard)] : answer.Result;
            heard[answer] = scores;
            for (var response = 0; response < missing.Length; response++)
            {
                missing[response] += scores[response].Value is null ? 1 : 0;
            }

            if (!isOver && Array.TrueForAll(missing, count => asked.Length - count < manifest.Rule.Quorum))
            {
                isOver = true;
                await hearing.CancelAsync();
            }
        }

        await Task.WhenAll(asked);
        return [.. Enumerable.Range(0, missing.Length).Select(response => asked.Select(answer => heard[answer][response]).ToArray())];
    }

    // What a juror would have said is not known, and its end is nobody's fault.
    private static JurorScore Unheard(JurorScore score) => score.Result is { IsFailure: true } ? score with { Result = null } : score;

    private async Task<JurorScore[]> AskAsync(Juror juror, ScoreItem unit, ScoreOptions options, CancellationToken cancellation)
    {
        try
        {
            var scored = await scoring.ScoreAsync(new ScoreRequest(juror.Model, [Told(unit, juror)], options), cancellation);
            return [.. scored.Items[0].Select(response => JurorScore.Of(manifest.Rule, juror, response.Result, response.IsFloored, response.IsCached))];
        }
        catch (OperationCanceledException)
        {
            return Failed(juror, unit, TimedOut);
        }
        catch (GatewayException fault)
        {
            return Failed(juror, unit, new Failure(fault.Kind, fault.Message) { RetryAfter = fault.RetryAfter });
        }
    }

    private static JurorScore[] Failed(Juror juror, ScoreItem unit, ScoreResult failure) =>
        [.. Enumerable.Repeat(new JurorScore(juror, failure, null, IsCached: false), unit.Body.ResponseCount)];

    private static ScoreItem Told(ScoreItem unit, Juror juror) => juror.Principle is null
        ? unit
        : unit with { Guidance = (unit.Guidance ?? new Guidance(null, null, null, GeneratesCriteria: false)) with { Principle = juror.Principle } };
}
