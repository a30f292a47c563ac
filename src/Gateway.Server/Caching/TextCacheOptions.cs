using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Caching;

/// <summary>How texts that judges generate are kept; the section <c>Gateway:Cache:Texts</c>.</summary>
public sealed class TextCacheOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = CacheOptions.Section + ":Texts";

    /// <summary>Seconds that a text is kept.</summary>
    [Range(1, 10 * 365 * 86_400)]
    public int TtlSeconds { get; set; } = 7 * 86_400;

    /// <summary>Seconds after which a process asks Redis again for a text that it remembers.</summary>
    [Range(1, 10 * 365 * 86_400)]
    public int LocalSeconds { get; set; } = 300;

    /// <summary>Bytes of texts that this process remembers.</summary>
    [Range(0, 1L << 40)]
    public long LocalBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>The longest text in bytes that is written to Redis.</summary>
    [Range(1, 16 * 1024 * 1024)]
    public int LargestBytes { get; set; } = 256 * 1024;

    /// <summary>Milliseconds after which a replica that died while it generated a text is replaced by another; who lives renews its lease in time.</summary>
    [Range(100, 3_600_000)]
    public int LeaseMs { get; set; } = 10_000;

    /// <summary>Milliseconds that each step waits for Redis; after them the text is generated without it.</summary>
    [Range(1, 60_000)]
    public int RedisMs { get; set; } = 500;
}

/// <summary>Checks the ranges of <see cref="TextCacheOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class TextCacheOptionsValidator : IValidateOptions<TextCacheOptions>;
