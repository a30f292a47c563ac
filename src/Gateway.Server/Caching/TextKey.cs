using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Scoring;

namespace Gateway.Server.Caching;

/// <summary>What makes two generated texts the same: SHA-256 over what kind of text it is, who generates it and from what, each length-prefixed.</summary>
internal readonly record struct TextKey
{
    // Bumped when the layout below changes, so that texts stored under the old one are misses.
    private const int Version = 1;

    private readonly string _hex;

    private TextKey(string hex) => _hex = hex;

    /// <summary>The key of a text.</summary>
    /// <param name="kind">What it is: criteria, a rubric, a context.</param>
    /// <param name="revision">Whatever changes what the generator says: its revision, its prompt's digest, its sampling.</param>
    /// <param name="parts">What it is generated from.</param>
    public static TextKey Of(string kind, string revision, params ReadOnlySpan<Utf8Text> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, Version);
        Append(hash, Encoding.UTF8.GetBytes(kind));
        Append(hash, Encoding.UTF8.GetBytes(revision));
        Append(hash, parts.Length);
        foreach (var part in parts)
        {
            Append(hash, part.Span);
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return new TextKey(Convert.ToHexStringLower(digest));
    }

    /// <summary>The key of what takes the place of a text that cannot be used: the same for everybody who finds that one.</summary>
    /// <param name="digest">That text's digest.</param>
    public TextKey InPlaceOf(string digest) => Of("in place", _hex, new Utf8Text(digest));

    /// <summary>The digest in hexadecimal.</summary>
    public override string ToString() => _hex;

    private static void Append(IncrementalHash hash, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        hash.AppendData(bytes);
    }

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> value)
    {
        Append(hash, value.Length);
        hash.AppendData(value);
    }
}
