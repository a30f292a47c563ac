using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Scoring;

namespace Gateway.Server.Caching;

/// <summary>
/// A unit's scores as bytes, numbers least significant byte first, texts as their length (2) and UTF-8:
/// <code>
/// version 2 (1 byte), flags (1 byte: 1 signed), key (32), generation (8), expiry in milliseconds since 1970 (8),
/// findings (1 byte), per finding: severity (1), action (1), offset (4), texts: rule, field, detail,
/// count (4), per response: score as IEEE double (8), tokens (4), flags (1 byte: 1 truncated, 2 has steps, 4 was judged), with steps: count (4), doubles (8 each)
/// CRC-32 of everything before it (4), where signed: HMAC-SHA256 of everything before it (32)
/// </code>
/// Whatever is not exactly that for the key that was asked is a fault, never a score.
/// </summary>
internal sealed class ScorePayload
{
    /// <summary>The layout's version.</summary>
    public const byte Version = 2;

    private const int KeyBytes = 32;
    private const int Head = 2 + KeyBytes + sizeof(long) + sizeof(long);
    private const byte Signed = 1;

    private readonly byte[]? _signingKey;

    /// <summary>Payloads that are signed where there is a key.</summary>
    public ScorePayload(string? signingKey) => _signingKey = string.IsNullOrEmpty(signingKey) ? null : Encoding.UTF8.GetBytes(signingKey);

    /// <summary>How many bytes these scores take.</summary>
    public int Size(CachedScores scores) => Head + PayloadScores.Size(scores) + sizeof(uint) + (_signingKey is null ? 0 : HMACSHA256.HashSizeInBytes);

    /// <summary>The payload of one unit's scores.</summary>
    public byte[] Write(in ScoreKey key, CachedScores scores)
    {
        var bytes = new byte[Size(scores)];
        bytes[0] = Version;
        bytes[1] = _signingKey is null ? (byte)0 : Signed;
        key.CopyTo(bytes.AsSpan(2));
        var payload = new PayloadWriter(bytes.AsSpan(2 + KeyBytes));
        payload.Write(scores.Generation);
        payload.Write(scores.ExpiresAt);
        PayloadScores.Write(ref payload, scores);
        var end = 2 + KeyBytes + payload.Written;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(end), Crc32.HashToUInt32(bytes.AsSpan(0, end)));
        end += sizeof(uint);
        if (_signingKey is not null)
        {
            HMACSHA256.HashData(_signingKey, bytes.AsSpan(0, end), bytes.AsSpan(end));
        }

        return bytes;
    }

    /// <summary>Reads the scores of a unit with this key and so many responses; anything else is a fault.</summary>
    public PayloadFault TryRead(ReadOnlySpan<byte> payload, in ScoreKey key, int responses, out CachedScores scores)
    {
        scores = null!;
        var fault = Check(payload, out var body);
        if (fault != PayloadFault.None)
        {
            return fault;
        }

        Span<byte> digest = stackalloc byte[KeyBytes];
        key.CopyTo(digest);
        if (!body.Slice(2, KeyBytes).SequenceEqual(digest))
        {
            return PayloadFault.Key;
        }

        var reader = new PayloadReader(body[(2 + KeyBytes)..]);
        if (!reader.TryRead(out long generation) || !reader.TryRead(out long expiresAt))
        {
            return PayloadFault.Torn;
        }

        fault = PayloadScores.TryReadFindings(ref reader, out var findings);
        if (fault != PayloadFault.None)
        {
            return fault;
        }

        fault = PayloadScores.TryRead(ref reader, responses, out var results);
        if (fault != PayloadFault.None)
        {
            return fault;
        }

        if (reader.Left > 0)
        {
            return PayloadFault.Torn;
        }

        scores = new CachedScores(results, findings, generation, expiresAt);
        return PayloadFault.None;
    }

    /// <summary>Checks what wraps the body: the version, the signature and the checksum.</summary>
    private PayloadFault Check(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> body)
    {
        body = default;
        if (payload.IsEmpty)
        {
            return PayloadFault.Torn;
        }

        // Only the first byte means the same in every version.
        if (payload[0] != Version)
        {
            return PayloadFault.Version;
        }

        if (payload.Length < Head + sizeof(uint) || payload[1] is not (0 or Signed))
        {
            return PayloadFault.Torn;
        }

        var signed = payload[1] == Signed;
        if (signed && payload.Length < Head + sizeof(uint) + HMACSHA256.HashSizeInBytes)
        {
            return PayloadFault.Torn;
        }

        var unsigned = signed ? payload[..^HMACSHA256.HashSizeInBytes] : payload;
        if (_signingKey is not null && CheckSignature(unsigned, signed ? payload[unsigned.Length..] : default) is var fault && fault != PayloadFault.None)
        {
            return fault;
        }

        body = unsigned[..^sizeof(uint)];
        return BinaryPrimitives.ReadUInt32LittleEndian(unsigned[^sizeof(uint)..]) == Crc32.HashToUInt32(body) ? PayloadFault.None : PayloadFault.Checksum;
    }

    private PayloadFault CheckSignature(ReadOnlySpan<byte> unsigned, ReadOnlySpan<byte> signature)
    {
        if (signature.IsEmpty)
        {
            return PayloadFault.Unsigned;
        }

        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_signingKey!, unsigned, expected);
        return CryptographicOperations.FixedTimeEquals(expected, signature) ? PayloadFault.None : PayloadFault.Signature;
    }
}
