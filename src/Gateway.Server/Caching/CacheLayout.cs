using Gateway.Server.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Caching;

/// <summary>What is stored: under which name, in which form, up to which size and for how long.</summary>
internal sealed class CacheLayout(IOptions<CacheOptions> options, TimeProvider clock)
{
    private readonly CacheOptions _options = options.Value;

    /// <summary>The names in Redis.</summary>
    public RedisKeys Keys { get; } = new(options.Value.KeyPrefix);

    /// <summary>The values in Redis.</summary>
    public ScorePayload Payload { get; } = new(options.Value.SigningKey);

    /// <summary>False where scores are too large to be stored in either tier.</summary>
    public bool Fits(CachedScores scores) => Payload.Size(scores) <= _options.LargestBytes;

    /// <summary>When a score of this model that is made now is forgotten, a little sooner by chance; in milliseconds since 1970.</summary>
    public long ExpiresAt(ModelEntry entry)
    {
        var longest = entry.CacheTtl ?? TimeSpan.FromSeconds(_options.TtlSeconds);
        var ttl = longest - (longest * (Random.Shared.NextDouble() * _options.TtlJitterPercent / 100));
        return Now + (long)ttl.TotalMilliseconds;
    }

    /// <summary>The time that these scores have left, a millisecond at least.</summary>
    public TimeSpan Left(CachedScores scores) => TimeSpan.FromMilliseconds(Math.Max(1, scores.ExpiresAt - Now));

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
