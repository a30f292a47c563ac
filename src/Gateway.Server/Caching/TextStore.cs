using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Caching;

/// <summary>
/// HybridCache's second tier: the framework's Redis cache on the gateway's own connection, with every value in a <see cref="TextEnvelope"/>, and
/// quiet where Redis is in trouble: what cannot be read is a miss, what cannot be written is left out.
/// </summary>
internal sealed class TextStore : IDistributedCache
{
    private readonly TextRedis _redis;
    private readonly TextEnvelope _envelope;
    private readonly TextMetrics _metrics;

    // Never disposed: it would close the connection, which is everybody's.
    private readonly RedisCache _inner;
    private readonly string _prefix;

    /// <summary>Makes the tier; connects to nothing yet.</summary>
    public TextStore(RedisConnection connection, TextRedis redis, TextEnvelope envelope, TextMetrics metrics, IOptions<CacheOptions> cache)
    {
        _redis = redis;
        _envelope = envelope;
        _metrics = metrics;
        _prefix = cache.Value.KeyPrefix + "text:";
        _inner = new RedisCache(Options.Create(new RedisCacheOptions
        {
            ConnectionMultiplexerFactory = connection.MultiplexerAsync,
            InstanceName = _prefix,
        }));
    }

    /// <inheritdoc/>
    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        var (_, value) = await _redis.TryAsync(_ => _inner.GetAsync(key, token), token);
        if (value is null)
        {
            return null;
        }

        if (_envelope.TryOpen(_prefix + key, value, out var content))
        {
            _metrics.Found();
            return content;
        }

        _metrics.Rejected();
        return null;
    }

    /// <inheritdoc/>
    public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default) =>
        _redis.TryAsync(
            async _ =>
            {
                await _inner.SetAsync(key, _envelope.Seal(_prefix + key, value), options, token);
                return true;
            },
            token);

    /// <inheritdoc/>
    public Task RefreshAsync(string key, CancellationToken token = default) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task RemoveAsync(string key, CancellationToken token = default) =>
        _redis.TryAsync(
            async _ =>
            {
                await _inner.RemoveAsync(key, token);
                return true;
            },
            token);

    /// <inheritdoc/>
    public byte[]? Get(string key) => throw Blocking();

    /// <inheritdoc/>
    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => throw Blocking();

    /// <inheritdoc/>
    public void Refresh(string key) => throw Blocking();

    /// <inheritdoc/>
    public void Remove(string key) => throw Blocking();

    private static NotSupportedException Blocking() => new("Generated texts never block on Redis; use the asynchronous form.");
}
