using System.Text.Json;
using CsCheck;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Server.Caching;

namespace Gateway.Server.Tests.Caching;

public sealed class ScorePayloadTests
{
    private const string Secret = "sixteen letters!";

    private static readonly ScoreKey Key = ScoreKey.Read([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);

    public static TheoryData<int> Goldens => [.. Enumerable.Range(0, ReadGoldens(2).GetArrayLength())];

    public static TheoryData<int> GoldensOfVersion1 => [.. Enumerable.Range(0, ReadGoldens(1).GetArrayLength())];

    [Theory]
    [MemberData(nameof(Goldens))]
    public void Golden_IsReadAndWrittenByteForByte(int index)
    {
        var golden = ReadGoldens(2)[index];
        var payload = new ScorePayload(golden.GetProperty("secret").GetString());
        var scores = new CachedScores(
            [.. golden.GetProperty("scores").EnumerateArray().Select(ReadScore)],
            [.. golden.GetProperty("findings").EnumerateArray().Select(ReadFinding)],
            golden.GetProperty("generation").GetInt64(),
            golden.GetProperty("expires").GetInt64());
        var bytes = Convert.FromHexString(golden.GetProperty("payload").GetString()!);

        Assert.Equal(PayloadFault.None, payload.TryRead(bytes, Key, scores.Results.Count, out var read));

        AssertSame(scores, read);
        Assert.Equal(bytes, payload.Write(Key, scores));
        Assert.Equal(bytes.Length, payload.Size(scores));
    }

    [Theory]
    [MemberData(nameof(GoldensOfVersion1))]
    public void GoldenOfVersion1_CanStillBeReadAndIsAMissToTheGateway(int index)
    {
        var golden = ReadGoldens(1)[index];
        var secret = golden.GetProperty("secret").GetString();
        ScoreResult[] scores = [.. golden.GetProperty("scores").EnumerateArray().Select(ReadScore)];
        var bytes = Convert.FromHexString(golden.GetProperty("payload").GetString()!);

        var (key, generation, read) = PayloadVersion1.Read(bytes, secret);

        Assert.Equal((Key, golden.GetProperty("generation").GetInt64()), (key, generation));
        Assert.Equal(scores.Select(Shown), read.Select(score => Shown(score)));
        Assert.Equal(PayloadFault.Version, new ScorePayload(secret).TryRead(bytes, Key, scores.Length, out _));
    }

    [Fact]
    public void WriteAndRead_AnyScores_AreTheSame() => Gen.Select(AnyScores, AnyFindings, Gen.Long, Gen.Long, Gen.Bool).Sample((results, findings, generation, expiresAt, signed) =>
    {
        var payload = new ScorePayload(signed ? Secret : null);
        var scores = new CachedScores(results, findings, generation, expiresAt);

        Assert.Equal(PayloadFault.None, payload.TryRead(payload.Write(Key, scores), Key, results.Length, out var read));

        AssertSame(scores, read);
    });

    [Theory]
    [InlineData(FindingAction.Floored)]
    [InlineData(FindingAction.Rejected)]
    [InlineData((FindingAction)200)]
    public void TryRead_FindingThatAllowsNoScore_IsAFault(FindingAction action)
    {
        var payload = new ScorePayload(null);
        var scores = Scores(Score(1)) with { Findings = [new HardeningFinding("rule", HardeningSeverity.High, action, "response", 0, "")] };

        Assert.Equal(PayloadFault.Finding, Read(payload, payload.Write(Key, scores)));
    }

    [Fact]
    public void TryRead_MoreFindingsThanAnItemKeeps_IsAFault()
    {
        var payload = new ScorePayload(null);
        var finding = new HardeningFinding("rule", HardeningSeverity.Low, FindingAction.Observed, "response", 0, "");
        var most = Scores(Score(1)) with { Findings = [.. Enumerable.Repeat(finding, FindingList.Capacity)] };

        Assert.Equal(PayloadFault.None, Read(payload, payload.Write(Key, most)));
        Assert.Equal(PayloadFault.Finding, Read(payload, payload.Write(Key, most with { Findings = [.. most.Findings, finding] })));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Secret)]
    public void TryRead_AnyBitFlipped_IsAFault(string? secret)
    {
        var payload = new ScorePayload(secret);
        var whole = payload.Write(Key, Scores(Score(1), Score(2)));
        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));

            Assert.NotEqual(PayloadFault.None, payload.TryRead(flipped, Key, 2, out var read));
            Assert.Null(read);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Secret)]
    public void TryRead_CutAnywhereOrLonger_IsAFault(string? secret)
    {
        var payload = new ScorePayload(secret);
        var whole = payload.Write(Key, Scores(Score(1)));

        Assert.All(Enumerable.Range(0, whole.Length), length => Assert.NotEqual(PayloadFault.None, payload.TryRead(whole.AsSpan(0, length), Key, 1, out _)));
        Assert.NotEqual(PayloadFault.None, payload.TryRead([.. whole, 0], Key, 1, out _));
    }

    [Fact]
    public void TryRead_JudgedScoreCutAnywhereOrFlipped_IsAFault()
    {
        var payload = new ScorePayload(null);
        var judgement = new Judgement("words", [new ScoreComponent("right", 0.5, 2, "yes")], 3, 1, 0.75, 0.1, "digest", "static", "note", default);
        var whole = payload.Write(Key, Scores(new Score(4, 3, false, default, Judgement: judgement)));

        Assert.Equal(PayloadFault.None, Read(payload, whole));
        Assert.All(Enumerable.Range(0, whole.Length), length => Assert.NotEqual(PayloadFault.None, Read(payload, whole[..length])));
        Assert.All(Enumerable.Range(0, whole.Length * 8), bit =>
        {
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(PayloadFault.None, Read(payload, flipped));
        });
    }

    [Fact]
    public void TryRead_AnyBytes_NeverThrowsAndIsNoScore() => Gen.Byte.Array[0, 200].Sample(bytes =>
    {
        Assert.NotEqual(PayloadFault.None, new ScorePayload(null).TryRead(bytes, Key, 1, out _));
        Assert.NotEqual(PayloadFault.None, new ScorePayload(null).TryRead([2, 0, .. bytes], Key, 1, out _));
    });

    [Fact]
    public void TryRead_WhatIsWrong_IsNamed()
    {
        var plain = new ScorePayload(null);
        var signing = new ScorePayload(Secret);
        var whole = plain.Write(Key, Scores(Score(1)));

        Assert.Equal(PayloadFault.Torn, Read(plain, []));
        Assert.Equal(PayloadFault.Version, Read(plain, [0]));
        Assert.Equal(PayloadFault.Version, Read(plain, [1, .. whole[1..]]));
        Assert.Equal(PayloadFault.Checksum, Read(plain, [.. whole[..^1], (byte)(whole[^1] ^ 1)]));
        Assert.Equal(PayloadFault.Key, Read(plain, plain.Write(ScoreKey.Read(new byte[32]), Scores(Score(1)))));
        Assert.Equal(PayloadFault.Count, Read(plain, plain.Write(Key, Scores(Score(1), Score(2)))));
        Assert.Equal(PayloadFault.Unsigned, Read(signing, whole));
        Assert.Equal(PayloadFault.Signature, Read(signing, new ScorePayload("another secret of others").Write(Key, Scores(Score(1)))));
        Assert.Equal(PayloadFault.None, Read(plain, signing.Write(Key, Scores(Score(1)))));
    }

    [Theory]
    [InlineData(double.NaN, 1)]
    [InlineData(double.PositiveInfinity, 1)]
    [InlineData(double.NegativeInfinity, 1)]
    [InlineData(1.0, -1)]
    public void TryRead_NumberThatNoScoreHas_IsAFault(double value, int tokens)
    {
        const int At = 55;
        var payload = new ScorePayload(null);
        var bytes = payload.Write(Key, Scores(Score(1)) with { Findings = [] })[..^4];
        BitConverter.TryWriteBytes(bytes.AsSpan(At), value);
        BitConverter.TryWriteBytes(bytes.AsSpan(At + 8), tokens);

        Assert.Equal(PayloadFault.Number, Read(payload, [.. bytes, .. BitConverter.GetBytes(System.IO.Hashing.Crc32.HashToUInt32(bytes))]));
    }

    private static CachedScores Scores(params ScoreResult[] results) =>
        new(results, [new HardeningFinding("rule", HardeningSeverity.Medium, FindingAction.Flagged, "response", 5, "what")], Generation: 3, ExpiresAt: 1796000000000);

    private static void AssertSame(CachedScores expected, CachedScores read)
    {
        Assert.Equal((expected.Generation, expected.ExpiresAt), (read.Generation, read.ExpiresAt));
        Assert.Equal(expected.Findings, read.Findings);
        Assert.Equal(expected.Results.Select(Shown), read.Results.Select(Shown));
    }

    private static Gen<ScoreResult[]> AnyScores => Gen.Select(Finite, Gen.Int[0, int.MaxValue], Gen.Bool, Finite.Array[0, 5].Null())
        .Select((value, tokens, truncated, steps) => (ScoreResult)new Score(value, tokens, truncated, default, steps)).Array[0, 5];

    private static Gen<HardeningFinding[]> AnyFindings => Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, int.MaxValue], Gen.String[Gen.Char['a', 'ж'], 0, 40])
        .Select((severity, action, at, text) => new HardeningFinding("r" + text, (HardeningSeverity)severity, (FindingAction)action, "f" + text, at, text)).Array[0, FindingList.Capacity];

    private static Gen<double> Finite => Gen.Double.Where(double.IsFinite);

    private static PayloadFault Read(ScorePayload payload, byte[] bytes) => payload.TryRead(bytes, Key, 1, out _);

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
        Judgement = score.TryGetProperty("judgement", out var judgement) ? ReadJudgement(judgement) : null,
    };

    private static Judgement ReadJudgement(JsonElement judgement) => new(
        Text(judgement, "critique"),
        [.. judgement.GetProperty("components").EnumerateArray().Select(one =>
            new ScoreComponent(Text(one, "name")!, one.GetProperty("value").GetDouble(), Number(one, "weight"), Text(one, "critique")))],
        judgement.GetProperty("samples").GetInt32(),
        judgement.GetProperty("missing").GetInt32(),
        Number(judgement, "agreement"),
        Number(judgement, "spread"),
        Text(judgement, "digest"),
        Text(judgement, "fallback"),
        Text(judgement, "note"),
        default);

    private static string? Text(JsonElement from, string name) => from.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static double? Number(JsonElement from, string name) => from.TryGetProperty(name, out var value) ? value.GetDouble() : null;

    private static HardeningFinding ReadFinding(JsonElement finding) => new(
        finding.GetProperty("rule").GetString()!,
        (HardeningSeverity)finding.GetProperty("severity").GetInt32(),
        (FindingAction)finding.GetProperty("action").GetInt32(),
        finding.GetProperty("field").GetString()!,
        finding.GetProperty("at").GetInt32(),
        finding.GetProperty("detail").GetString()!);

    private static JsonElement ReadGoldens(int version)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(RepositoryRoot.File($"tests/Gateway.Server.Tests/Caching/Goldens/score-payloads-v{version}.json")));
        return document.RootElement.Clone();
    }
}
