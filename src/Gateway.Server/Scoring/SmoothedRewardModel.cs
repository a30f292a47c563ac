using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Aggregation;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Server.Scoring;

/// <summary>
/// A scalar model each of whose scores is reduced from those of variants of the response that say the same. All variants must have a score. Costs as
/// many runs of the model as a response has different variants.
/// </summary>
internal sealed class SmoothedRewardModel(IRewardModel inner, SmoothingOptions options) : IDeadlineRewardModel, IAsyncDisposable
{
    // Bumped when a variant becomes another text.
    private const int Version = 1;

    // As many responses at a time as runs have, so that their variants fit where they fit.
    private const int ResponsesAtOnce = 512;

    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public string Revision { get; } = $"{inner.Revision}-{Digest(options)}";

    /// <inheritdoc/>
    public Granularity Granularity => inner.Granularity;

    /// <inheritdoc/>
    public ChatTemplate? Template => inner.Template;

    /// <inheritdoc/>
    public int? MaxTokens => inner.MaxTokens;

    /// <inheritdoc/>
    public int Concurrency => inner.Concurrency;

    /// <inheritdoc/>
    public ScoreRange? RangeOf(Guidance? guidance) => inner.RangeOf(guidance);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ScoreResult>> ScoreAsync(IReadOnlyList<HardenedItem> items, CancellationToken cancellation) =>
        SmoothAsync(items, all => inner.ScoreAsync(all, cancellation));

    /// <inheritdoc/>
    public Task<IReadOnlyList<ScoreResult>> ScoreAsync(IReadOnlyList<HardenedItem> items, Deadline deadline, CancellationToken cancellation) =>
        SmoothAsync(items, all => inner is IDeadlineRewardModel model ? model.ScoreAsync(all, deadline, cancellation) : inner.ScoreAsync(all, cancellation));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (inner is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
    }

    private async Task<IReadOnlyList<ScoreResult>> SmoothAsync(IReadOnlyList<HardenedItem> items, Func<IReadOnlyList<HardenedItem>, Task<IReadOnlyList<ScoreResult>>> score)
    {
        var smoothed = new List<ScoreResult>(items.Count);
        foreach (var some in items.Chunk(ResponsesAtOnce))
        {
            IReadOnlyList<HardenedItem>[] variants = [.. some.Select(item => ResponseVariants.Of(item, options.Variants, inner.Template))];
            HardenedItem[] all = [.. variants.SelectMany(own => own)];
            var results = await score(all);
            if (results.Count != all.Length)
            {
                throw new GatewayException(ErrorKind.ModelFailed, $"The model gave {results.Count} results for {all.Length} responses.");
            }

            var next = 0;
            foreach (var own in variants)
            {
                smoothed.Add(Reduce([.. results.Skip(next).Take(own.Count)]));
                next += own.Count;
            }
        }

        return smoothed;
    }

    private ScoreResult Reduce(ScoreResult[] results)
    {
        if (Array.Find(results, result => !result.IsScore) is { } missing)
        {
            return missing;
        }

        Score[] scores = [.. results.Select(result => result.Score!)];
        double[] values = [.. scores.Select(score => score.Value).Order()];
        return new Score(
            Reduce(values),
            scores.Sum(score => score.Tokens),
            scores.Any(score => score.Truncated),
            scores.Aggregate(default(ScoreTimings), (sum, score) => sum + score.Timings),
            scores[0].Steps,
            scores.Any(score => score.IsProvisional));
    }

    private double Reduce(double[] ordered) => options.Reduction switch
    {
        SmoothingReduction.Mean => ordered.Average(),
        SmoothingReduction.Lowest => ordered[0],
        _ => (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2,
    };

    private static string Digest(SmoothingOptions options) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Version};{options.Reduction};{string.Join(',', options.Variants.Distinct().Order())}")).AsSpan(0, 4));
}
