using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Internal;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Caching;

/// <summary>
/// Texts that judges generate, one per prompt: criteria, rubrics, contexts. Each is generated once for all replicas and kept in this process and in
/// Redis; without Redis, once per process.
/// </summary>
internal sealed class TextCache : IAsyncDisposable
{
    // Others may have to be passed over after an upgrade; more than these nobody wrote in good faith.
    private const int MostPassedOver = 2;

    private readonly SharedGeneration _generation;
    private readonly TextMetrics _metrics;
    private readonly ServiceProvider _services;
    private readonly HybridCache _texts;
    private readonly HybridCacheEntryOptions _reading;
    private readonly HybridCacheEntryOptions _writing;
    private readonly HybridCacheEntryOptions _finding;
    private readonly HybridCacheEntryOptions _findingHere;
    private readonly HybridCacheEntryOptions _placingHere;

    /// <summary>Makes the tiers; connects to nothing yet.</summary>
    public TextCache(TextStore store, TextRedis redis, SharedGeneration generation, TextMetrics metrics, IServiceProvider host)
    {
        _generation = generation;
        _metrics = metrics;
        var options = host.GetRequiredService<IOptions<TextCacheOptions>>().Value;
        _services = Tiers(redis.IsConfigured ? store : null, options, host);
        _texts = _services.GetRequiredService<HybridCache>();

        // Written only by whose text was the first, in a step of its own; a late one must not take its place.
        var life = TimeSpan.FromSeconds(options.TtlSeconds);
        _reading = new HybridCacheEntryOptions
        {
            Expiration = life,
            LocalCacheExpiration = TimeSpan.FromSeconds(redis.IsConfigured ? Math.Min(options.LocalSeconds, options.TtlSeconds) : options.TtlSeconds),
            Flags = redis.IsConfigured ? HybridCacheEntryFlags.DisableDistributedCacheWrite : HybridCacheEntryFlags.DisableDistributedCache,
        };
        _writing = new HybridCacheEntryOptions { Expiration = life, Flags = HybridCacheEntryFlags.DisableLocalCache };
        _placingHere = new HybridCacheEntryOptions
        {
            Expiration = life,
            LocalCacheExpiration = _reading.LocalCacheExpiration,
            Flags = HybridCacheEntryFlags.DisableDistributedCache,
        };
        _finding = new HybridCacheEntryOptions
        {
            Expiration = life,
            LocalCacheExpiration = _reading.LocalCacheExpiration,
            Flags = _reading.Flags | HybridCacheEntryFlags.DisableUnderlyingData,
        };
        _findingHere = new HybridCacheEntryOptions { Flags = HybridCacheEntryFlags.DisableDistributedCache | HybridCacheEntryFlags.DisableUnderlyingData };
    }

    /// <summary>
    /// The text of a key, generated where there is none that can be used. Who leaves does not stop the others; a failed generation is not kept, and its
    /// exception reaches all who wait in this process.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="isUsable">Whether a kept text can still be used; one that cannot is passed over, and what is generated in its place is kept beside it.</param>
    /// <param name="make">Generates it.</param>
    /// <param name="cancellation">The caller leaves.</param>
    public async ValueTask<CachedText> GetOrMakeAsync(TextKey key, Func<string, bool> isUsable, Func<CancellationToken, Task<string>> make, CancellationToken cancellation)
    {
        _metrics.Asked();
        return (await UsableAsync(key, isUsable, async one => await GetOrMakeAsync(one, make, cancellation)))!;
    }

    /// <summary>The text of a key; null where there is none that can be used.</summary>
    public async ValueTask<CachedText?> FindAsync(TextKey key, Func<string, bool> isUsable, CancellationToken cancellation)
    {
        _metrics.Asked();
        return await UsableAsync(key, isUsable, one => FindAsync(one, cancellation));
    }

    /// <summary>
    /// Puts a text in the place of the one that there may be. A process that remembers that one takes the new one after
    /// <see cref="TextCacheOptions.LocalSeconds"/> at the latest.
    /// </summary>
    public async Task<CachedText> ReplaceAsync(TextKey key, string text)
    {
        _metrics.Made();
        var kept = KeptText.Of(text);
        // Not cancelled by whoever waits: the one place must not have the new text and another the old one.
        if (await _generation.ReplaceAsync(key, kept))
        {
            await _texts.SetAsync(key.ToString(), kept, _writing, cancellationToken: CancellationToken.None);
        }
        else
        {
            await _texts.RemoveAsync(key.ToString(), CancellationToken.None);
        }

        await _texts.SetAsync(key.ToString(), kept, _placingHere, cancellationToken: CancellationToken.None);
        return new CachedText(kept.Text, kept.Digest, FromCache: false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private async ValueTask<CachedText?> UsableAsync(TextKey key, Func<string, bool> isUsable, Func<TextKey, ValueTask<CachedText?>> textAsync)
    {
        var text = await textAsync(key);
        for (var passedOver = 0; text is { FromCache: true } && passedOver < MostPassedOver && !isUsable(text.Text); passedOver++)
        {
            // A key of its own, so that all replicas make it once, and nobody who read the old text later can undo it.
            _metrics.Rejected();
            key = key.InPlaceOf(text.Digest);
            text = await textAsync(key);
        }

        return text;
    }

    private async ValueTask<CachedText> GetOrMakeAsync(TextKey key, Func<CancellationToken, Task<string>> make, CancellationToken cancellation)
    {
        var made = false;
        var kept = await _texts.GetOrCreateAsync(
            key.ToString(),
            async running =>
            {
                // A run that ended after this caller had looked, and before this one began, left its text here; the library does not look again.
                if (await _texts.GetOrCreateAsync<KeptText?>(key.ToString(), static _ => default, _findingHere, cancellationToken: running) is { } here)
                {
                    return here;
                }

                var generated = await _generation.RunAsync(key, make, running);
                made = generated.Made;
                if (generated.First)
                {
                    await _texts.SetAsync(key.ToString(), generated.Text, _writing, cancellationToken: CancellationToken.None);
                }

                return generated.Text;
            },
            _reading,
            cancellationToken: cancellation);
        return new CachedText(kept.Text, kept.Digest, FromCache: !made);
    }

    private async ValueTask<CachedText?> FindAsync(TextKey key, CancellationToken cancellation)
    {
        var kept = await _texts.GetOrCreateAsync<KeptText?>(key.ToString(), static _ => default, _finding, cancellationToken: cancellation);
        return kept is null ? null : new CachedText(kept.Text, kept.Digest, FromCache: true);
    }

    // In a provider of its own, so that its bounds and its second tier are nobody else's.
    private static ServiceProvider Tiers(TextStore? store, TextCacheOptions options, IServiceProvider host)
    {
        var clock = host.GetRequiredService<TimeProvider>();
        var services = new ServiceCollection();
        services.AddSingleton(clock);
        services.AddSingleton(host.GetRequiredService<ILoggerFactory>());
        if (store is not null)
        {
            services.AddSingleton<IDistributedCache>(store);
        }

        services.AddMemoryCache(memory =>
        {
            memory.SizeLimit = options.LocalBytes;
            memory.Clock = new Clock(clock);
        });
        // Its own limit would only log: what is too long for Redis was sorted out before, and this process keeps what fits LocalBytes.
        services.AddHybridCache(hybrid => hybrid.MaximumPayloadBytes = int.MaxValue / 2).AddSerializer(new KeptTextSerializer());
        return services.BuildServiceProvider();
    }

    private sealed class Clock(TimeProvider clock) : ISystemClock
    {
        public DateTimeOffset UtcNow => clock.GetUtcNow();
    }
}
