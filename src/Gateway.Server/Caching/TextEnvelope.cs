using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Caching;

/// <summary>
/// What is around everything that generated texts put into Redis: a version, the digest of the key's name, the content, and a checksum or, with
/// <c>Gateway:Cache:SigningKey</c>, a signature. What does not fit its key is no value.
/// </summary>
internal sealed class TextEnvelope(IOptions<CacheOptions> options)
{
    // Also says how it ends, so that a value signed or not is never taken for the other.
    private const byte Checked = 1;
    private const byte Signed = 2;
    private const int Head = 1 + SHA256.HashSizeInBytes;
    private const int ChecksumBytes = 16;

    private readonly byte[]? _key = string.IsNullOrEmpty(options.Value.SigningKey) ? null : Encoding.UTF8.GetBytes(options.Value.SigningKey);

    /// <summary>Wraps the content for a key.</summary>
    public byte[] Seal(string key, ReadOnlySpan<byte> content)
    {
        var value = new byte[Head + content.Length + TailBytes];
        value[0] = _key is null ? Checked : Signed;
        SHA256.HashData(Encoding.UTF8.GetBytes(key), value.AsSpan(1));
        content.CopyTo(value.AsSpan(Head));
        WriteTail(value.AsSpan(0, value.Length - TailBytes), value.AsSpan(value.Length - TailBytes));
        return value;
    }

    /// <summary>Unwraps a value that was found under a key; false where it is torn, another key's, of another version or forged.</summary>
    public bool TryOpen(string key, byte[] value, [NotNullWhen(true)] out byte[]? content)
    {
        content = null;
        if (value.Length < Head + TailBytes || value[0] != (_key is null ? Checked : Signed))
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), expected);
        if (!expected.SequenceEqual(value.AsSpan(1, expected.Length)))
        {
            return false;
        }

        var tail = expected[..TailBytes];
        WriteTail(value.AsSpan(0, value.Length - TailBytes), tail);
        if (!CryptographicOperations.FixedTimeEquals(tail, value.AsSpan(value.Length - TailBytes)))
        {
            return false;
        }

        content = value[Head..^TailBytes];
        return true;
    }

    private int TailBytes => _key is null ? ChecksumBytes : HMACSHA256.HashSizeInBytes;

    private void WriteTail(ReadOnlySpan<byte> body, Span<byte> tail)
    {
        if (_key is null)
        {
            XxHash128.Hash(body, tail);
        }
        else
        {
            HMACSHA256.HashData(_key, body, tail);
        }
    }
}
