using System.Text.Json;
using CsCheck;
using Gateway.Core.Scoring;
using Gateway.Server.Caching;

namespace Gateway.Server.Tests.Caching;

public sealed class ScorePayloadTests
{
    private const string Secret = "sixteen letters!";

    private static readonly ScoreKey Key = ScoreKey.Read([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);

    public static TheoryData<int> Goldens => [.. Enumerable.Range(0, ReadGoldens().GetArrayLength())];

    [Theory]
    [MemberData(nameof(Goldens))]
    public void GoldenOfVersion1_IsReadAndWrittenByteForByte(int index)
    {
        var golden = ReadGoldens()[index];
        var payload = new ScorePayload(golden.GetProperty("secret").GetString());
        ScoreResult[] scores = [.. golden.GetProperty("scores").EnumerateArray().Select(ReadScore)];
        var bytes = Convert.FromHexString(golden.GetProperty("payload").GetString()!);

        Assert.Equal(PayloadFault.None, payload.TryRead(bytes, Key, scores.Length, out var read, out var generation));

        Assert.Equal(golden.GetProperty("generation").GetInt64(), generation);
        Assert.Equal(scores.Select(Shown), read.Select(Shown));
        Assert.Equal(bytes, payload.Write(Key, generation, scores));
        Assert.Equal(bytes.Length, payload.Size(scores));
    }

    [Fact]
    public void WriteAndRead_AnyScores_AreTheSame() =>
        Gen.Select(Gen.Select(Finite, Gen.Int[0, int.MaxValue], Gen.Bool, Finite.Array[0, 5].Null()).Array[0, 5], Gen.Long, Gen.Bool).Sample((scores, generation, signed) =>
        {
            var payload = new ScorePayload(signed ? Secret : null);
            ScoreResult[] results = [.. scores.Select(score => (ScoreResult)new Score(score.Item1, score.Item2, score.Item3, default) { Steps = score.Item4 })];

            Assert.Equal(PayloadFault.None, payload.TryRead(payload.Write(Key, generation, results), Key, results.Length, out var read, out var got));

            Assert.Equal(generation, got);
            Assert.Equal(results.Select(Shown), read.Select(Shown));
        });

    [Theory]
    [InlineData(null)]
    [InlineData(Secret)]
    public void TryRead_AnyBitFlipped_IsAFault(string? secret)
    {
        var payload = new ScorePayload(secret);
        var whole = payload.Write(Key, 3, [Score(1), Score(2)]);
        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));

            Assert.NotEqual(PayloadFault.None, payload.TryRead(flipped, Key, 2, out var read, out _));
            Assert.Empty(read);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Secret)]
    public void TryRead_CutAnywhereOrLonger_IsAFault(string? secret)
    {
        var payload = new ScorePayload(secret);
        var whole = payload.Write(Key, 3, [Score(1)]);

        Assert.All(Enumerable.Range(0, whole.Length), length => Assert.NotEqual(PayloadFault.None, payload.TryRead(whole.AsSpan(0, length), Key, 1, out _, out _)));
        Assert.NotEqual(PayloadFault.None, payload.TryRead([.. whole, 0], Key, 1, out _, out _));
    }

    [Fact]
    public void TryRead_AnyBytes_NeverThrowsAndIsNoScore() => Gen.Byte.Array[0, 200].Sample(bytes =>
    {
        Assert.NotEqual(PayloadFault.None, new ScorePayload(null).TryRead(bytes, Key, 1, out _, out _));
        Assert.NotEqual(PayloadFault.None, new ScorePayload(null).TryRead([1, 0, .. bytes], Key, 1, out _, out _));
    });

    [Fact]
    public void TryRead_WhatIsWrong_IsNamed()
    {
        var plain = new ScorePayload(null);
        var signing = new ScorePayload(Secret);
        var whole = plain.Write(Key, 3, [Score(1)]);

        Assert.Equal(PayloadFault.Torn, Read(plain, []));
        Assert.Equal(PayloadFault.Version, Read(plain, [0]));
        Assert.Equal(PayloadFault.Version, Read(plain, [2, .. whole[1..]]));
        Assert.Equal(PayloadFault.Checksum, Read(plain, [.. whole[..^1], (byte)(whole[^1] ^ 1)]));
        Assert.Equal(PayloadFault.Key, Read(plain, plain.Write(ScoreKey.Read(new byte[32]), 3, [Score(1)])));
        Assert.Equal(PayloadFault.Count, Read(plain, plain.Write(Key, 3, [Score(1), Score(2)])));
        Assert.Equal(PayloadFault.Unsigned, Read(signing, whole));
        Assert.Equal(PayloadFault.Signature, Read(signing, new ScorePayload("another secret of others").Write(Key, 3, [Score(1)])));
        Assert.Equal(PayloadFault.None, Read(plain, signing.Write(Key, 3, [Score(1)])));
    }

    [Theory]
    [InlineData(double.NaN, 1)]
    [InlineData(double.PositiveInfinity, 1)]
    [InlineData(double.NegativeInfinity, 1)]
    [InlineData(1.0, -1)]
    public void TryRead_NumberThatNoScoreHas_IsAFault(double value, int tokens)
    {
        const int At = 46;
        var payload = new ScorePayload(null);
        var bytes = payload.Write(Key, 3, [Score(1)])[..^4];
        BitConverter.TryWriteBytes(bytes.AsSpan(At), value);
        BitConverter.TryWriteBytes(bytes.AsSpan(At + 8), tokens);

        Assert.Equal(PayloadFault.Number, Read(payload, [.. bytes, .. BitConverter.GetBytes(System.IO.Hashing.Crc32.HashToUInt32(bytes))]));
    }

    private static Gen<double> Finite => Gen.Double.Where(double.IsFinite);

    private static PayloadFault Read(ScorePayload payload, byte[] bytes) => payload.TryRead(bytes, Key, 1, out _, out _);

    private static ScoreResult Score(double value) => new Score(value, 3, false, default);

    private static string Shown(ScoreResult result) =>
        $"{BitConverter.DoubleToInt64Bits(result.Score!.Value)} {result.Score.Tokens} {result.Score.Truncated} {string.Join(',', result.Score.Steps ?? [double.NaN])}";

    private static ScoreResult ReadScore(JsonElement score) => new Score(
        score.GetProperty("value").GetDouble(),
        score.GetProperty("tokens").GetInt32(),
        score.TryGetProperty("truncated", out var truncated) && truncated.GetBoolean(),
        default)
    {
        Steps = score.TryGetProperty("steps", out var steps) ? [.. steps.EnumerateArray().Select(step => step.GetDouble())] : null,
    };

    private static JsonElement ReadGoldens()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(RepositoryRoot.File("tests/Gateway.Server.Tests/Caching/Goldens/score-payloads-v1.json")));
        return document.RootElement.Clone();
    }
}
