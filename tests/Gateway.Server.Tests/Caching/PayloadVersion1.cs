using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Scoring;

namespace Gateway.Server.Tests.Caching;

/// <summary>
/// Reads payloads of version 1, which had neither expiry nor findings. The gateway takes them for misses, since it does not know what was found in
/// their texts; what lies in old snapshots can still be told.
/// </summary>
internal static class PayloadVersion1
{
    private const int Head = 46;

    /// <summary>The key, generation and scores of a payload that is whole and, where there is a secret, signed with it.</summary>
    public static (ScoreKey Key, long Generation, IReadOnlyList<Score> Scores) Read(ReadOnlySpan<byte> payload, string? secret)
    {
        Assert.Equal([1, secret is null ? 0 : 1], payload[..2].ToArray().Select(value => (int)value));
        var body = secret is null ? payload : payload[..^32];
        if (secret is not null)
        {
            Assert.Equal(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body), payload[^32..].ToArray());
        }

        Assert.Equal(Crc32.HashToUInt32(body[..^4]), BinaryPrimitives.ReadUInt32LittleEndian(body[^4..]));
        var scores = new Score[BinaryPrimitives.ReadInt32LittleEndian(body[42..])];
        var rest = body[Head..^4];
        for (var i = 0; i < scores.Length; i++)
        {
            double[]? steps = null;
            var length = 13;
            if ((rest[12] & 2) != 0)
            {
                steps = new double[BinaryPrimitives.ReadInt32LittleEndian(rest[13..])];
                length += 4 + (8 * steps.Length);
                for (var step = 0; step < steps.Length; step++)
                {
                    steps[step] = BinaryPrimitives.ReadDoubleLittleEndian(rest[(17 + (8 * step))..]);
                }
            }

            scores[i] = new Score(BinaryPrimitives.ReadDoubleLittleEndian(rest), BinaryPrimitives.ReadInt32LittleEndian(rest[8..]), (rest[12] & 1) != 0, default, steps);
            rest = rest[length..];
        }

        Assert.True(rest.IsEmpty);
        return (ScoreKey.Read(body[2..34]), BinaryPrimitives.ReadInt64LittleEndian(body[34..]), scores);
    }
}
