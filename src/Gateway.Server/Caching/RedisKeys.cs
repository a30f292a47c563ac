using System.Globalization;
using System.Text;
using Gateway.Core.Scoring;
using StackExchange.Redis;

namespace Gateway.Server.Caching;

/// <summary>
/// The names in Redis. A score's is <c>{prefix}s:{tag}:{half of its digest}</c>, the value holding the other half, with one of 64 hash tags, so that
/// a Cluster is asked for many scores at a time; all generations share one tag.
/// </summary>
/// <param name="prefix">What every name begins with.</param>
internal sealed class RedisKeys(string prefix)
{
    /// <summary>How many hash tags scores have.</summary>
    public const int Tags = 64;

    /// <summary>The tag of the generations, which comes after those of scores.</summary>
    public const int TagOfGenerations = Tags;

    /// <summary>How many tags there are.</summary>
    public const int AllTags = Tags + 1;

    private const string Generations = "g";
    private const int DigestBytes = 32;
    private const int NamedBytes = DigestBytes / 2;
    private const string Hex = "0123456789abcdef";

    private readonly byte[] _scores = Encoding.UTF8.GetBytes(prefix + "s:{");

    /// <summary>What the probes of a tag read and write.</summary>
    public RedisKey Probe(int tag) => $"{prefix}probe:{{{(tag == TagOfGenerations ? Generations : tag.ToString("x2", CultureInfo.InvariantCulture))}}}";

    /// <summary>Which of the hash tags a score has.</summary>
    public static int TagOf(in ScoreKey key)
    {
        Span<byte> digest = stackalloc byte[DigestBytes];
        key.CopyTo(digest);
        return digest[^1] % Tags;
    }

    /// <summary>The name of a score.</summary>
    public RedisKey Of(in ScoreKey key)
    {
        Span<byte> digest = stackalloc byte[DigestBytes];
        key.CopyTo(digest);
        var name = new byte[_scores.Length + 4 + (NamedBytes * 2)];
        _scores.CopyTo(name, 0);
        var at = _scores.Length;
        at += WriteHex(name.AsSpan(at), (byte)(digest[^1] % Tags));
        name[at++] = (byte)'}';
        name[at++] = (byte)':';
        for (var i = 0; i < NamedBytes; i++)
        {
            at += WriteHex(name.AsSpan(at), digest[i]);
        }

        return name;
    }

    /// <summary>The name of a generation.</summary>
    public RedisKey Of(CacheScope scope) => $"{prefix}{{{Generations}}}:{(scope.Kind == CacheScopeKind.Model ? "model" : "revision")}:{scope.Name}";

    private static int WriteHex(Span<byte> target, byte value)
    {
        target[0] = (byte)Hex[value >> 4];
        target[1] = (byte)Hex[value & 15];
        return 2;
    }
}
