using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;

namespace Gateway.Server.Judging;

/// <summary>The way of prompts to what a judge writes for them: harden, admit like responses to be scored, ask.</summary>
internal sealed class CriteriaWriting(HardeningStep hardening, Admission admission, TimeProvider clock)
{
    /// <summary>What each prompt's responses are judged by, in order.</summary>
    /// <param name="entry">The judge's entry.</param>
    /// <param name="judge">The judge.</param>
    /// <param name="prompts">Items without responses.</param>
    /// <param name="options">How long to wait, whether what is stored may answer, and whose turn it is.</param>
    /// <param name="aborted">The client leaves.</param>
    /// <exception cref="GatewayException">The house is full.</exception>
    public async Task<WrittenCriteria[]> WriteAsync(ModelEntry entry, ICriteriaModel judge, IReadOnlyList<ScoreItem> prompts, ScoreOptions options, CancellationToken aborted)
    {
        var bytes = prompts.Sum(prompt => prompt.Bytes);
        admission.EnterItems(entry, prompts.Count, bytes, options.Patience);
        try
        {
            var hardener = hardening.For(judge, options);
            using var waits = new CancellationTokenSource(options.Patience, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(waits.Token, aborted);
            var deadline = new Deadline(options.Patience, clock) { Party = options.Party };
            return await Task.WhenAll(prompts.Select(prompt => WriteAsync(judge, hardener.Harden(prompt, judge.Template), options.Cache, deadline, either.Token)));
        }
        finally
        {
            admission.LeaveItems(entry, prompts.Count, bytes, scored: default);
        }
    }

    private static async Task<WrittenCriteria> WriteAsync(ICriteriaModel judge, HardenedItem prompt, CacheUse cache, Deadline deadline, CancellationToken cancellation)
    {
        try
        {
            return new WrittenCriteria(await judge.CriteriaAsync(prompt, cache, deadline, cancellation), null);
        }
        catch (OperationCanceledException)
        {
            return new WrittenCriteria(null, new Failure(ErrorKind.TimedOut, "The deadline passed before there was what responses to this prompt are judged by."));
        }
        catch (GatewayException fault)
        {
            return new WrittenCriteria(null, new Failure(fault.Kind, $"{judge.Name}: {fault.Message}") { RetryAfter = fault.RetryAfter });
        }
    }
}

/// <summary>What responses to one prompt are judged by, or why there is nothing.</summary>
/// <param name="Used">What they are judged by; null where it failed.</param>
/// <param name="Failure">Why it failed; null where it did not.</param>
internal sealed record WrittenCriteria(Generated? Used, Failure? Failure);
