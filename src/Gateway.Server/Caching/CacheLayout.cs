using Gateway.Core.Scoring;
using Gateway.Server.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Caching;

/// <summary>What is stored: under which name, in which form, up to which size and for how long.</summary>
internal sealed class CacheLayout(IOptions<CacheOptions> options)
{
    private readonly CacheOptions _options = options.Value;

    /// <summary>The names in Redis.</summary>
    public RedisKeys Keys { get; } = new(options.Value.KeyPrefix);

    /// <summary>The values in Redis.</summary>
    public ScorePayload Payload { get; } = new(options.Value.SigningKey);

    /// <summary>False where scores are too large to be stored in either tier.</summary>
    public bool Fits(IReadOnlyList<ScoreResult> results) => Payload.Size(results) <= _options.LargestBytes;

    /// <summary>How long a score of this model is kept, a little less by chance.</summary>
    public TimeSpan Ttl(ModelEntry entry)
    {
        var longest = entry.CacheTtl ?? TimeSpan.FromSeconds(_options.TtlSeconds);
        return longest - (longest * (Random.Shared.NextDouble() * _options.TtlJitterPercent / 100));
    }
}
