using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Gateway.Server.Caching;

/// <summary>Where scores and other results are kept and for how long; the section <c>Gateway:Cache</c>.</summary>
public sealed class CacheOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Gateway:Cache";

    /// <summary>Redis, as StackExchange.Redis writes it: endpoints and options, separated by commas. Null or empty: this process alone remembers.</summary>
    public string? Redis { get; set; }

    /// <summary>What the name of every key in Redis begins with.</summary>
    [Required]
    [StringLength(64)]
    public string KeyPrefix { get; set; } = "rg:";

    /// <summary>Scored units that this process remembers; 0 for none.</summary>
    [Range(0, 100_000_000)]
    public int Entries { get; set; } = 100_000;

    /// <summary>The largest payload, scores with findings and judgements, in bytes that is stored; a larger one is scored each time.</summary>
    [Range(128, 1024 * 1024)]
    public int LargestBytes { get; set; } = 16_384;

    /// <summary>Seconds that a score is kept.</summary>
    [Range(1, 10 * 365 * 86_400)]
    public int TtlSeconds { get; set; } = 7 * 86_400;

    /// <summary>How much shorter a score's time may be by chance, in percent, so that what came together does not go together.</summary>
    [Range(0, 90)]
    public int TtlJitterPercent { get; set; } = 10;

    /// <summary>Milliseconds that a request waits for Redis; after them its scores are misses.</summary>
    [Range(1, 10_000)]
    public int LookupMs { get; set; } = 50;

    /// <summary>Failures in a row after which Redis is left alone for a while.</summary>
    [Range(1, 10_000)]
    public int BreakerFailures { get; set; } = 5;

    /// <summary>Milliseconds for which it is left alone before it is tried again.</summary>
    [Range(1, 3_600_000)]
    public int BreakerPauseMs { get; set; } = 1_000;

    /// <summary>Scored units that may wait to be written to Redis, to each node of a Cluster; more are not written.</summary>
    [Range(1, 10_000_000)]
    public int WriteQueue { get; set; } = 16_384;

    /// <summary>A secret that signs what is written to Redis, the same on every replica. Null or empty: nothing is signed.</summary>
    public string? SigningKey { get; set; }

    /// <summary>The settings of the connection: the operator's, except for what must hold for a cache.</summary>
    /// <exception cref="ArgumentException">The text cannot be read.</exception>
    internal ConfigurationOptions ToConfiguration()
    {
        // What comes first are defaults: the operator's own come later and win.
        var configuration = ConfigurationOptions.Parse($"connectTimeout=2000,asyncTimeout=1000,syncTimeout=1000,keepAlive=15,name=reward-gateway,{Redis}");
        configuration.AbortOnConnectFail = false;
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        configuration.ReconnectRetryPolicy = new LinearRetry(1_000);
        configuration.IncludeDetailInExceptions = false;
        // The library takes CLUSTER NODES for administration; nothing else of that is used.
        configuration.AllowAdmin = true;
        return configuration;
    }
}

[OptionsValidator]
internal sealed partial class CacheOptionsShape : IValidateOptions<CacheOptions>;

/// <summary>Checks the ranges of <see cref="CacheOptions"/>, that Redis's address can be read, and that a signing key is hard to guess.</summary>
internal sealed class CacheOptionsValidator : IValidateOptions<CacheOptions>
{
    private const int ShortestKey = 16;

    private readonly CacheOptionsShape _shape = new();

    public ValidateOptionsResult Validate(string? name, CacheOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        result.AddResult(_shape.Validate(name, options));
        if (!string.IsNullOrEmpty(options.Redis) && WrongRedis(options) is { } wrong)
        {
            // Never the text itself: it may hold a password.
            result.AddError($"{wrong}; write it as host:port,host:port,option=value.", "Gateway:Cache:Redis");
        }

        if (options.SigningKey is { Length: > 0 and < ShortestKey })
        {
            result.AddError($"it has {options.SigningKey.Length} characters; use at least {ShortestKey}, or none to leave it off.", "Gateway:Cache:SigningKey");
        }

        if (options.KeyPrefix?.AsSpan().ContainsAny("{}\r\n ") == true)
        {
            result.AddError("it holds a brace or white space; use letters, digits and : . _ - only.", "Gateway:Cache:KeyPrefix");
        }

        return result.Build();
    }

    private static string? WrongRedis(CacheOptions options)
    {
        if (options.Redis!.Contains("://", StringComparison.Ordinal))
        {
            return "it is a URL";
        }

        try
        {
            return options.ToConfiguration().EndPoints.Count == 0 ? "it names no endpoint" : null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            return "it cannot be read";
        }
    }
}
