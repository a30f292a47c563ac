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
    private readonly SharedGeneration _generation;
    private readonly TextMetrics _metrics;
    private readonly ServiceProvider _services;
    private readonly HybridCache _texts;
    private readonly HybridCacheEntryOptions _reading;
    private readonly HybridCacheEntryOptions _writing;
    private readonly HybridCacheEntryOptions _finding;
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
    }

    /// <summary>
    /// The text of a key, generated where there is none. Who leaves does not stop the others; a failed generation is not kept, and its exception
    /// reaches all who wait in this process.
    /// </summary>
    public async ValueTask<CachedText> GetOrMakeAsync(TextKey key, Func<CancellationToken, Task<string>> make, CancellationToken cancellation)
    {
        _metrics.Asked();
        var made = false;
        var kept = await _texts.GetOrCreateAsync(
            key.ToString(),
            async running =>
            {
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

    /// <summary>The text of a key; null where there is none.</summary>
    public async ValueTask<CachedText?> FindAsync(TextKey key, CancellationToken cancellation)
    {
        _metrics.Asked();
        var kept = await _texts.GetOrCreateAsync<KeptText?>(key.ToString(), static _ => default, _finding, cancellationToken: cancellation);
        return kept is null ? null : new CachedText(kept.Text, kept.Digest, FromCache: true);
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
