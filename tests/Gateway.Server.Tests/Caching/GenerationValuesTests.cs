using Gateway.Server.Caching;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Gateway.Server.Tests.Caching;

/// <summary>Generations as they lie in Redis: signed where there is a secret, and believed only so.</summary>
public sealed class GenerationValuesTests
{
    private const string Secret = "sixteen letters!";
    private const string Good = "1796000000000:688e396416fc66217947b9134765480eec10885ce3a5c64b8441c4e3e7013f50";

    private static readonly CacheScope Model = new(CacheScopeKind.Model, "m");

    private readonly ScriptedModel _model = new();

    // Made by Python's hmac and hashlib.
    [Theory]
    [InlineData(Secret, true, "m", 1796000000000, Good)]
    [InlineData("ein Schlüssel, länger", false, "0123abcd", 7, "7:f3bdf84c08166216a83ddcf4fc3f1d4fdc0f062d6f3631b0515ca3aac626ced7")]
    [InlineData(Secret, true, "größe/7b", 1, "1:46bad846ae0b0d3bd2c602257cbed0333339fa949207bbb02a5fae76de03225c")]
    [InlineData("", true, "m", 1796000000000, "1796000000000")]
    public async Task Write_Golden_IsWhatAnotherImplementationWritesAndIsReadAgain(string secret, bool isModel, string name, long generation, string expected)
    {
        await using var gateway = TestGateway.With(_model);
        var values = Of(gateway, secret);
        var scope = new CacheScope(isModel ? CacheScopeKind.Model : CacheScopeKind.Revision, name);

        Assert.Equal(expected, values.Write(scope, generation).ToString());
        Assert.Equal(generation, values.Read(scope, expected));
        Assert.Equal(0, RedisTierTests.Count(gateway, CacheCount.Rejected));
    }

    [Theory]
    [InlineData("1796000000000", "unsigned")]
    [InlineData("", "unsigned")]
    [InlineData("not a number", "unsigned")]
    [InlineData("1796000000000:", "signature")]
    [InlineData("1796000000001:688e396416fc66217947b9134765480eec10885ce3a5c64b8441c4e3e7013f50", "signature")]
    [InlineData("1796000000000:688e396416fc66217947b9134765480eec10885ce3a5c64b8441c4e3e7013f5", "signature")]
    [InlineData("1796000000000:688E396416FC66217947B9134765480EEC10885CE3A5C64B8441C4E3E7013F50", "signature")]
    [InlineData("1796000000000:688e396416fc66217947b9134765480eec10885ce3a5c64b8441c4e3e7013f50:", "signature")]
    [InlineData("1796000000000\0:688e396416fc66217947b9134765480eec10885ce3a5c64b8441c4e3e7013f50", "signature")]
    [InlineData(":688e396416fc66217947b9134765480eec10885ce3a5c64b8441c4e3e7013f50", "signature")]
    public async Task Read_UnsignedOrWrong_IsPassedOverAndCounted(string value, string reason)
    {
        await using var gateway = TestGateway.With(_model);
        using var counters = new Counters(gateway.Services);

        Assert.Equal(0, Of(gateway, Secret).Read(Model, value));

        Assert.Equal(1, counters[$"gateway.cache.rejected{{{reason}}}"]);
    }

    [Fact]
    public async Task Read_OfAnotherScopeHugeOrBinary_IsPassedOver()
    {
        await using var gateway = TestGateway.With(_model);
        var values = Of(gateway, Secret);

        Assert.Equal(0, values.Read(new CacheScope(CacheScopeKind.Revision, "m"), Good));
        Assert.Equal(0, values.Read(Model, new string('9', 1_000_000)));
        Assert.Equal(0, values.Read(Model, (RedisValue)new byte[] { 0xFF, 0x3A, 0xFE, 0x80 }));
        Assert.Equal(3, RedisTierTests.Count(gateway, CacheCount.Rejected));
        Assert.Equal(0, values.Read(Model, RedisValue.Null));
        Assert.Equal(3, RedisTierTests.Count(gateway, CacheCount.Rejected));
    }

    [Theory]
    [InlineData("17", 17)]
    [InlineData(Good, 1796000000000)]
    [InlineData("-1", 0)]
    [InlineData("1e3", 0)]
    [InlineData(" 1", 0)]
    [InlineData("99999999999999999999999", 0)]
    [InlineData("", 0)]
    public async Task Read_WithoutASecret_TakesTheNumber(string value, long expected)
    {
        await using var gateway = TestGateway.With(_model);

        Assert.Equal(expected, Of(gateway, "").Read(Model, value));
    }

    [Fact]
    public async Task Drop_WithASecret_IsSignedAndAForgedOneIsPassedOverAndReplaced()
    {
        await using var redis = await SomeRedis.StartAsync(RedisServer.IsInstalled ? RedisKind.Redis : RedisKind.Garnet);
        const string key = "rg:{g}:model:scripted";
        await using var gateway = RedisTierTests.Gateway(_model, redis.Address, ("Gateway:Cache:SigningKey", Secret), ("Gateway:Cache:Entries", "0"));
        await RedisTierTests.ConnectedAsync(gateway);
        var forged = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        await redis.CommandAsync("SET", key, forged);
        await ScoreCacheTests.ScoreAsync(gateway, "use", "a");
        await Eventually.TrueAsync(() => RedisTierTests.Count(gateway, CacheCount.StoredInRedis) == 1, "the score is in Redis");

        // Believed, the forged one would drop it.
        await ScoreCacheTests.ScoreAsync(gateway, "use", "a");
        Assert.Equal((1, 1), (_model.Scored, RedisTierTests.Count(gateway, CacheCount.HitsInRedis)));
        Assert.NotEqual(0, RedisTierTests.Count(gateway, CacheCount.Rejected));

        var (_, reply, _) = await gateway.PostAsync("/admin/cache/drop?model=scripted", "");
        Assert.Equal("told", reply!["redis"]!.GetValue<string>());
        Assert.Matches($"{reply["generation"]}:[0-9a-f]{{64}}\r\n$", await redis.CommandAsync("GET", key));
        await redis.CommandAsync("SET", key, forged);
        await Eventually.TrueAsync(
            async () => (await redis.CommandAsync("GET", key)).Contains($"{reply["generation"]}:", StringComparison.Ordinal), "the signed one is put back");

        await using var other = RedisTierTests.Gateway(_model, redis.Address, ("Gateway:Cache:SigningKey", Secret));
        await RedisTierTests.ConnectedAsync(other);
        await ScoreCacheTests.ScoreAsync(other, "use", "a");
        Assert.Equal(2, _model.Scored);
    }

    private static GenerationValues Of(TestGateway gateway, string secret) => new(
        Options.Create(new CacheOptions { SigningKey = secret }), gateway.Services.GetRequiredService<CacheLayout>(), gateway.Services.GetRequiredService<CacheMetrics>());
}
