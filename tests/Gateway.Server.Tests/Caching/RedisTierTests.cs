using System.Globalization;
using Gateway.Server.Caching;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests.Caching;

/// <summary>Scores that replicas share through Redis.</summary>
public sealed class RedisTierTests
{
    private readonly ScriptedModel _first = new();
    private readonly ScriptedModel _second = new();

    // It stands: a write may take longer than its second on a busy machine, and would not be made again.
    private readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData(RedisKind.Redis)]
    [InlineData(RedisKind.Garnet)]
    public async Task Score_StoredByAnotherReplica_IsAHitForThisOne(RedisKind kind)
    {
        await using var redis = await SomeRedis.StartAsync(kind);
        await using var one = Gateway(_first, redis.Address, _clock);
        await using var other = Gateway(_second, redis.Address, _clock);
        await ConnectedAsync(one);
        await ConnectedAsync(other);
        string[] texts = [.. Enumerable.Range(0, 70).Select(i => new string('x', i))];

        await ScoreCacheTests.ScoreAsync(one, "use", texts);
        await Eventually.TrueAsync(() => Count(one, CacheCount.StoredInRedis) == 70, "all scores are in Redis");
        var reply = await ScoreCacheTests.ScoreAsync(other, "use", texts);

        Assert.Equal(0, _second.Scored);
        Assert.All(ScoreCacheTests.Scores(reply), score => Assert.True(score!["cached"]!.GetValue<bool>()));
        Assert.Equal(texts.Select(text => (double)text.Length), ScoreCacheTests.Scores(reply).Select(score => score!["score"]!.GetValue<double>()));
        Assert.Equal(70, Count(other, CacheCount.HitsInRedis));
        await ScoreCacheTests.ScoreAsync(other, "use", texts);
        Assert.Equal((70, 70), (Count(other, CacheCount.HitsInRedis), Count(other, CacheCount.HitsInProcess)));
    }

    [Fact]
    public async Task Score_Stored_HasItsTtlLessSomeJitter()
    {
        await using var redis = await SomeRedis.StartAsync(RedisKind.Redis);
        await using var gateway = Gateway(_first, redis.Address, _clock, ("Gateway:Cache:TtlSeconds", "1000"), ("Gateway:Cache:TtlJitterPercent", "50"));
        await ConnectedAsync(gateway);

        await ScoreCacheTests.ScoreAsync(gateway, "use", [.. Enumerable.Range(0, 50).Select(i => $"text {i}")]);
        await Eventually.TrueAsync(() => Count(gateway, CacheCount.StoredInRedis) == 50, "all scores are in Redis");
        var keys = (await redis.CommandAsync("KEYS", "rg:s:*")).Split("\r\n").Where(line => line.StartsWith("rg:s:{", StringComparison.Ordinal)).ToArray();
        var left = new List<int>();
        foreach (var key in keys)
        {
            left.Add(int.Parse((await redis.CommandAsync("TTL", key)).Trim(':', '\r', '\n'), CultureInfo.InvariantCulture));
        }

        Assert.Equal(50, left.Count);
        Assert.All(left, ttl => Assert.InRange(ttl, 400, 1_000));
        Assert.True(left.Distinct().Count() > 5);
    }

    [Fact]
    public async Task Score_RedisIsDownAtStart_IsScoredAndRedisIsUsedOnceItIsThere()
    {
        SomeRedis.RequireRedis();
        await using var redis = await RedisServer.StartAsync();
        await redis.KillAsync();
        await using var gateway = Gateway(_first, redis.Address, ("Gateway:Cache:Entries", "0"));

        await ScoreCacheTests.ScoreAsync(gateway, "use", "a");
        Assert.Equal(1, _first.Scored);
        await redis.RestartAsync();
        await Eventually.TrueAsync(
            async () =>
            {
                await ScoreCacheTests.ScoreAsync(gateway, "use", "b");
                return Count(gateway, CacheCount.HitsInRedis) > 0;
            },
            "Redis answers");
    }

    internal static TestGateway Gateway(ScriptedModel model, string redis, params (string, string)[] settings) => Gateway(model, redis, TimeProvider.System, settings);

    internal static Task ConnectedAsync(TestGateway gateway) =>
        Eventually.TrueAsync(() => gateway.Services.GetRequiredService<RedisConnection>().Database is { Multiplexer.IsConnected: true }, "Redis is connected");

    internal static long Count(TestGateway gateway, CacheCount count) => gateway.Services.GetRequiredService<CacheMetrics>()[count];

    private static TestGateway Gateway(ScriptedModel model, string redis, TimeProvider clock, params (string, string)[] settings) =>
        TestGateway.With(model, clock, [("Gateway:Cache:Redis", redis), ("Gateway:Cache:LookupMs", "10000"), .. settings]);
}
