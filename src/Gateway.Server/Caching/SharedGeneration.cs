using System.Buffers;
using System.Globalization;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Gateway.Server.Caching;

/// <summary>
/// Lets one of several replicas generate a text: who has the lease in Redis generates, the others wait for its text. The first text that is handed
/// over is everybody's, even where a lost lease let two generate. Whoever cannot reach Redis generates by itself.
/// </summary>
internal sealed class SharedGeneration(
    TextRedis redis, TextEnvelope envelope, TextMetrics metrics, TimeProvider clock, IOptions<CacheOptions> cache, IOptions<TextCacheOptions> texts)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ShortestHandover = TimeSpan.FromMinutes(1);

    private readonly string _prefix = cache.Value.KeyPrefix;
    private readonly int _largest = texts.Value.LargestBytes;
    private readonly TimeSpan _lease = TimeSpan.FromMilliseconds(texts.Value.LeaseMs);

    /// <summary>The text and whether it came first, so that its bearer stores it: from <paramref name="make"/>, or from the replica that was faster.</summary>
    public async Task<GeneratedText> RunAsync(TextKey key, Func<CancellationToken, Task<string>> make, CancellationToken cancellation)
    {
        if (!redis.IsConfigured)
        {
            return new GeneratedText(await MakeAsync(make, cancellation), Made: true, First: false);
        }

        var names = NamesOf(key);
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var (answered, (taken, handed)) = await redis.TryAsync(database => TakeAsync(database, names), cancellation);
            if (Open(names, handed) is { } text)
            {
                await ReleaseAsync(names, taken);
                metrics.MadeElsewhere();
                return new GeneratedText(text, Made: false, First: false);
            }

            if (taken || !answered)
            {
                return await LeadAsync(names, make, cancellation);
            }

            await Task.Delay(pause, clock, cancellation);
        }
    }

    /// <summary>Makes a text everybody's, whichever was first; false where Redis does not take it, so that there is none.</summary>
    public async Task<bool> ReplaceAsync(TextKey key, KeptText text)
    {
        if (!redis.IsConfigured)
        {
            return false;
        }

        var names = NamesOf(key);
        var fits = text.Utf8.Length <= _largest;
        var (answered, done) = await redis.TryAsync(
            database => fits ? database.StringSetAsync(names.First, envelope.Seal(names.First, text.Utf8.Span), HandoverLife) : database.KeyDeleteAsync(names.First),
            CancellationToken.None);
        return answered && done && fits;
    }

    // The braces keep both on one node of a cluster, where their order is that of the commands.
    private Names NamesOf(TextKey key) => new(
        $"{_prefix}text-lease:{{{key}}}", $"{_prefix}text-first:{{{key}}}", Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture));

    private TimeSpan HandoverLife => _lease * 3 > ShortestHandover ? _lease * 3 : ShortestHandover;

    /// <summary>The lease first: a text that was handed over before it was free is seen by the read that follows.</summary>
    private async Task<(bool Taken, RedisValue Handed)> TakeAsync(IDatabase database, Names names)
    {
        var taking = database.LockTakeAsync(names.Lease, names.Token, _lease);
        var reading = database.StringGetAsync(names.First);
        await Task.WhenAll(taking, reading);
        return (await taking, await reading);
    }

    private async Task<GeneratedText> LeadAsync(Names names, Func<CancellationToken, Task<string>> make, CancellationToken cancellation)
    {
        using var done = new CancellationTokenSource();
        var renewing = RenewAsync(names, done.Token);
        try
        {
            var made = await MakeAsync(make, cancellation);
            return made.Utf8.Length > _largest ? new GeneratedText(made, Made: true, First: false) : await HandOverAsync(names, made);
        }
        finally
        {
            await done.CancelAsync();
            await renewing;
            await ReleaseAsync(names, taken: true);
        }
    }

    private async Task<KeptText> MakeAsync(Func<CancellationToken, Task<string>> make, CancellationToken cancellation)
    {
        metrics.Made();
        return KeptText.Of(await make(cancellation) ?? throw new InvalidOperationException("A generator of texts gave null. This is a bug: it throws where it has none."));
    }

    private async Task<GeneratedText> HandOverAsync(Names names, KeptText made)
    {
        var value = envelope.Seal(names.First, made.Utf8.Span);

        // Not cancelled by whoever waits: the work is done, and others want it.
        var (answered, (stored, before)) = await redis.TryAsync(
            async database =>
            {
                var storing = database.StringSetAsync(names.First, value, HandoverLife, When.NotExists);
                var reading = database.StringGetAsync(names.First);
                return (await storing, await reading);
            },
            CancellationToken.None);
        if (answered && !stored)
        {
            if (Open(names, before) is { } first)
            {
                return new GeneratedText(first, Made: true, First: false);
            }

            (stored, _) = await redis.TryAsync(database => database.StringSetAsync(names.First, value, HandoverLife), CancellationToken.None);
        }

        return new GeneratedText(made, Made: true, First: stored);
    }

    private async Task RenewAsync(Names names, CancellationToken done)
    {
        try
        {
            while (true)
            {
                await Task.Delay(_lease / 3, clock, done);
                await redis.TryAsync(database => database.LockExtendAsync(names.Lease, names.Token, _lease), done);
            }
        }
        catch (OperationCanceledException)
        {
            // The text is there, or there will be none.
        }
    }

    private Task ReleaseAsync(Names names, bool taken) =>
        taken ? redis.TryAsync(database => database.LockReleaseAsync(names.Lease, names.Token), CancellationToken.None) : Task.CompletedTask;

    private KeptText? Open(Names names, RedisValue value)
    {
        if (value.IsNull)
        {
            return null;
        }

        if (envelope.TryOpen(names.First, (byte[])value!, out var utf8))
        {
            return KeptText.Of(new ReadOnlySequence<byte>(utf8));
        }

        metrics.Rejected();
        return null;
    }

    private sealed record Names(string Lease, string First, string Token);
}
