using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Gateway.Server.Caching;

/// <summary>
/// Generations as they lie in Redis: a number, and with <c>Gateway:Cache:SigningKey</c> a colon and the HMAC-SHA256 of <c>generation</c>, the key's
/// name and the number, on a line each, in lower-case hex. Without the secret what follows the number is not looked at.
/// </summary>
internal sealed class GenerationValues(IOptions<CacheOptions> options, CacheLayout layout, CacheMetrics metrics)
{
    private const char Separator = ':';

    private readonly byte[]? _secret = string.IsNullOrEmpty(options.Value.SigningKey) ? null : Encoding.UTF8.GetBytes(options.Value.SigningKey);

    /// <summary>The name of a scope's generation.</summary>
    public RedisKey NameOf(CacheScope scope) => layout.Keys.Of(scope);

    /// <summary>What is written.</summary>
    public RedisValue Write(CacheScope scope, long generation)
    {
        var number = generation.ToString(CultureInfo.InvariantCulture);
        return _secret is null ? number : number + Separator + Convert.ToHexStringLower(Sign(scope, number));
    }

    /// <summary>What was read: zero for an absent one, and, counted, for one that is not signed as it must be. What is no number is the beginning too.</summary>
    public long Read(CacheScope scope, RedisValue value)
    {
        if (value.IsNull)
        {
            return 0;
        }

        var text = value.ToString();
        var end = text.IndexOf(Separator, StringComparison.Ordinal);
        var number = end < 0 ? text : text[..end];
        if (_secret is not null && !IsSigned(scope, number, end < 0 ? "" : text[(end + 1)..]))
        {
            metrics.Rejected(end < 0 ? PayloadFault.Unsigned : PayloadFault.Signature);
            return 0;
        }

        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var generation) ? generation : 0;
    }

    private bool IsSigned(CacheScope scope, string number, string signature) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(Convert.ToHexStringLower(Sign(scope, number))), Encoding.UTF8.GetBytes(signature));

    private byte[] Sign(CacheScope scope, string number) =>
        HMACSHA256.HashData(_secret!, Encoding.UTF8.GetBytes($"generation\n{NameOf(scope)}\n{number}"));
}
