using Gateway.Core.Aggregation;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Server.Upstream.Remote;

/// <summary>
/// A reward model that runs on other servers, whatever they speak: items are written out, split into calls within the engine's limits, sent
/// through the pool, and put back in order. A call that fails fails its own items; one item's fault does not fail its siblings.
/// </summary>
internal sealed class RemoteRewardModel(
    IUpstreamProtocol protocol, RemoteManifest manifest, ModelSource source, string revision, UpstreamPool pool, TimeProvider clock) : IDeadlineRewardModel
{
    // Of one request; what more there is waits here and not in the pool's queue, which all requests share.
    private const int MostCalls = 256;
    private const int FewestTexts = 8;

    private readonly RemoteTextWriter _writer = new(manifest, source, protocol.Traits);
    private readonly RemoteCalls _calls = new(protocol, manifest, source.Name, pool, clock);

    /// <inheritdoc/>
    public string Name => source.Name;

    /// <inheritdoc/>
    public string Revision => revision;

    /// <inheritdoc/>
    public Granularity Granularity => Granularity.Pointwise;

    /// <inheritdoc/>
    public ChatTemplate? Template => manifest.Template;

    /// <inheritdoc/>
    public ScoreRange? RangeOf(Guidance? guidance) => manifest.Range;

    /// <inheritdoc/>
    public int? MaxTokens => manifest.MaxTokens;

    /// <inheritdoc/>
    public int Concurrency => pool.Find(manifest.Cluster) is { Destinations.Count: var count, Options.Concurrency: var each } && count > 0
        ? (int)Math.Min(int.MaxValue, (long)count * each)
        : 1;

    /// <inheritdoc/>
    public Task<IReadOnlyList<ScoreResult>> ScoreAsync(IReadOnlyList<HardenedItem> items, CancellationToken cancellation) => RunAsync(items, null, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ScoreResult>> ScoreAsync(IReadOnlyList<HardenedItem> items, Deadline deadline, CancellationToken cancellation) =>
        RunAsync(items, deadline, cancellation);

    private async Task<IReadOnlyList<ScoreResult>> RunAsync(IReadOnlyList<HardenedItem> items, Deadline? deadline, CancellationToken cancellation)
    {
        var results = new ScoreResult[items.Sum(item => item.Item.Body.ResponseCount)];
        var started = clock.GetTimestamp();
        var texts = Write(items, results, cancellation);
        if (texts.Count == 0)
        {
            return results;
        }

        var encoding = clock.GetElapsedTime(started) / texts.Count;
        var destinations = pool.Find(manifest.Cluster)?.Destinations.Count ?? 1;
        var most = Math.Clamp((texts.Count + destinations - 1) / Math.Max(1, destinations), Math.Min(FewestTexts, manifest.Batch), manifest.Batch);
        var batches = RemoteBatches.Of(texts, most, protocol.Traits);
        var resends = new ResendBudget();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(batches.Count, Math.Min(MostCalls, Concurrency))).Select(async _ =>
        {
            for (var at = Interlocked.Increment(ref next); at < batches.Count; at = Interlocked.Increment(ref next))
            {
                await _calls.ScoreAsync(new RemoteBatch(batches[at], results, encoding, resends) { Deadline = deadline }, cancellation);
            }
        }));
        return results;
    }

    // All texts are read here, before anything is awaited: when this returns nobody reads the items any more.
    private List<PlacedText> Write(IReadOnlyList<HardenedItem> items, ScoreResult[] results, CancellationToken cancellation)
    {
        var texts = new List<PlacedText>(results.Length);
        var place = 0;
        foreach (var item in items)
        {
            for (var response = 0; response < item.Item.Body.ResponseCount; response++, place++)
            {
                if (cancellation.IsCancellationRequested)
                {
                    results[place] = RemoteCalls.TimedOut;
                    continue;
                }

                try
                {
                    texts.Add(new PlacedText(place, _writer.Write(item.Item.Body, response)));
                }
                catch (GatewayException fault)
                {
                    results[place] = ScoreResult.Failed(fault.Kind, fault.Message);
                }
            }
        }

        return texts;
    }
}
