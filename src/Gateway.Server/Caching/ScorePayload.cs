using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Scoring;

namespace Gateway.Server.Caching;

/// <summary>
/// A unit's scores as bytes, numbers least significant byte first:
/// <code>
/// version 1 (1 byte), flags (1 byte: 1 signed), key (32), generation (8), count (4),
/// per response: score as IEEE double (8), tokens (4), flags (1 byte: 1 truncated, 2 has steps), with steps: count (4), doubles (8 each)
/// CRC-32 of everything before it (4), where signed: HMAC-SHA256 of everything before it (32)
/// </code>
/// Whatever is not exactly that for the key that was asked is a fault, never a score.
/// </summary>
internal sealed class ScorePayload
{
    /// <summary>The layout's version.</summary>
    public const byte Version = 1;

    private const int KeyBytes = 32;
    private const int Head = 2 + KeyBytes + sizeof(long) + sizeof(int);
    private const int PerScore = sizeof(double) + sizeof(int) + 1;
    private const byte Signed = 1;
    private const byte Truncated = 1;
    private const byte HasSteps = 2;

    private readonly byte[]? _signingKey;

    /// <summary>Payloads that are signed where there is a key.</summary>
    public ScorePayload(string? signingKey) => _signingKey = string.IsNullOrEmpty(signingKey) ? null : Encoding.UTF8.GetBytes(signingKey);

    /// <summary>How many bytes these scores take.</summary>
    public int Size(IReadOnlyList<ScoreResult> results)
    {
        var size = Head + sizeof(uint) + (_signingKey is null ? 0 : HMACSHA256.HashSizeInBytes);
        for (var i = 0; i < results.Count; i++)
        {
            size += PerScore + (results[i].Score!.Steps is { } steps ? sizeof(int) + (steps.Count * sizeof(double)) : 0);
        }

        return size;
    }

    /// <summary>The payload of one unit's scores.</summary>
    public byte[] Write(in ScoreKey key, long generation, IReadOnlyList<ScoreResult> results)
    {
        var payload = new byte[Size(results)];
        payload[0] = Version;
        payload[1] = _signingKey is null ? (byte)0 : Signed;
        key.CopyTo(payload.AsSpan(2));
        BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(2 + KeyBytes), generation);
        BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(Head - sizeof(int)), results.Count);
        var at = Head;
        for (var i = 0; i < results.Count; i++)
        {
            at += Write(payload.AsSpan(at), results[i].Score!);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(payload.AsSpan(at), Crc32.HashToUInt32(payload.AsSpan(0, at)));
        at += sizeof(uint);
        if (_signingKey is not null)
        {
            HMACSHA256.HashData(_signingKey, payload.AsSpan(0, at), payload.AsSpan(at));
        }

        return payload;
    }

    /// <summary>Reads the scores of a unit with this key and so many responses; anything else is a fault.</summary>
    public PayloadFault TryRead(ReadOnlySpan<byte> payload, in ScoreKey key, int responses, out ScoreResult[] results, out long generation)
    {
        results = [];
        generation = 0;
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

        generation = BinaryPrimitives.ReadInt64LittleEndian(body[(2 + KeyBytes)..]);
        if (BinaryPrimitives.ReadInt32LittleEndian(body[(Head - sizeof(int))..]) != responses)
        {
            return PayloadFault.Count;
        }

        var read = new ScoreResult[responses];
        body = body[Head..];
        for (var i = 0; i < responses; i++)
        {
            fault = TryRead(ref body, out read[i]);
            if (fault != PayloadFault.None)
            {
                return fault;
            }
        }

        if (!body.IsEmpty)
        {
            return PayloadFault.Torn;
        }

        results = read;
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

    private static int Write(Span<byte> target, Score score)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(target, score.Value);
        BinaryPrimitives.WriteInt32LittleEndian(target[sizeof(double)..], score.Tokens);
        target[PerScore - 1] = (byte)((score.Truncated ? Truncated : 0) | (score.Steps is null ? 0 : HasSteps));
        if (score.Steps is not { } steps)
        {
            return PerScore;
        }

        BinaryPrimitives.WriteInt32LittleEndian(target[PerScore..], steps.Count);
        for (var i = 0; i < steps.Count; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(target[(PerScore + sizeof(int) + (i * sizeof(double)))..], steps[i]);
        }

        return PerScore + sizeof(int) + (steps.Count * sizeof(double));
    }

    private static PayloadFault TryRead(ref ReadOnlySpan<byte> body, out ScoreResult result)
    {
        result = null!;
        if (body.Length < PerScore)
        {
            return PayloadFault.Torn;
        }

        var value = BinaryPrimitives.ReadDoubleLittleEndian(body);
        var tokens = BinaryPrimitives.ReadInt32LittleEndian(body[sizeof(double)..]);
        var flags = body[PerScore - 1];
        body = body[PerScore..];
        if (!double.IsFinite(value) || tokens < 0 || flags > (Truncated | HasSteps))
        {
            return PayloadFault.Number;
        }

        double[]? steps = null;
        if ((flags & HasSteps) != 0 && TryReadSteps(ref body, out steps) is var fault && fault != PayloadFault.None)
        {
            return fault;
        }

        result = new Score(value, tokens, (flags & Truncated) != 0, timings: default) { Steps = steps };
        return PayloadFault.None;
    }

    private static PayloadFault TryReadSteps(ref ReadOnlySpan<byte> body, out double[]? steps)
    {
        steps = null;
        var count = body.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(body);
        if (count < 0 || count > (body.Length - sizeof(int)) / sizeof(double))
        {
            return PayloadFault.Torn;
        }

        body = body[sizeof(int)..];
        steps = new double[count];
        for (var i = 0; i < count; i++)
        {
            steps[i] = BinaryPrimitives.ReadDoubleLittleEndian(body[(i * sizeof(double))..]);
            if (!double.IsFinite(steps[i]))
            {
                return PayloadFault.Number;
            }
        }

        body = body[(count * sizeof(double))..];
        return PayloadFault.None;
    }
}
