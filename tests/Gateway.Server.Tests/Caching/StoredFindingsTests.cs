using System.Text.Json.Nodes;
using Gateway.Core.Hardening;
using Gateway.Server.Caching;
using Gateway.Server.Watching;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests.Caching;

/// <summary>Stored scores keep what was found in their texts, so that hits say it without looking again.</summary>
public sealed class StoredFindingsTests
{
    private const string Found = "odd text";

    private readonly ScriptedModel _model = new();
    private readonly CountingRule _rule = new();

    [Fact]
    public async Task Score_Stored_SaysWhatWasFoundAndAsksNoRule()
    {
        await using var gateway = With();
        using var counters = new Counters(gateway.Services);
        var first = await ScoreCacheTests.ScoreAsync(gateway, "use", Found, "plain");
        var asked = _rule.Asked;

        var second = await ScoreCacheTests.ScoreAsync(gateway, "use", Found, "plain", Found);

        Assert.Equal(asked, _rule.Asked);
        Assert.Equal([1, 0, 1], Findings(second).Select(findings => findings.Count));
        Assert.Equal(Findings(first)[0].ToJsonString(), Findings(second)[0].ToJsonString());
        Assert.All(ScoreCacheTests.Scores(second), score => Assert.True(score!["cached"]!.GetValue<bool>()));
        // One when it was scored, two when it was asked for twice.
        Assert.Equal(3, counters["gateway.hardening.findings"]);
        var watched = Assert.Single(gateway.Services.GetRequiredService<PolicyWatch>().Runs);
        Assert.Equal(600, watched.Show().Now.FindingsPerThousand);
    }

    [Fact]
    public async Task Score_StoredAndNew_OnlyTheNewIsLookedAt()
    {
        await using var gateway = With();
        await ScoreCacheTests.ScoreAsync(gateway, "use", "a", "b");
        var asked = _rule.Asked;

        await ScoreCacheTests.ScoreAsync(gateway, "use", "a", "b", "c", "c");

        Assert.Equal(asked + 1, _rule.Asked);
    }

    [Theory]
    [InlineData("refresh")]
    [InlineData("off")]
    public async Task Score_StoredScoresMayNotAnswer_IsLookedAtAgain(string cache)
    {
        await using var gateway = With();
        await ScoreCacheTests.ScoreAsync(gateway, "use", Found);
        var asked = _rule.Asked;

        var reply = await ScoreCacheTests.ScoreAsync(gateway, cache, Found);

        Assert.Equal(asked + 1, _rule.Asked);
        Assert.Single(Findings(reply)[0]);
    }

    [Fact]
    public async Task Score_StoredByAnotherReplica_SaysWhatThatFound()
    {
        await using var redis = await SomeRedis.StartAsync(RedisServer.IsInstalled ? RedisKind.Redis : RedisKind.Garnet);
        await using var one = With(("Gateway:Cache:Redis", redis.Address), ("Gateway:Cache:LookupMs", "10000"));
        await RedisTierTests.ConnectedAsync(one);
        var first = await ScoreCacheTests.ScoreAsync(one, "use", Found);
        await Eventually.TrueAsync(() => RedisTierTests.Count(one, CacheCount.StoredInRedis) == 1, "the score is in Redis");
        var asked = _rule.Asked;

        await using var other = With(("Gateway:Cache:Redis", redis.Address), ("Gateway:Cache:LookupMs", "10000"));
        await RedisTierTests.ConnectedAsync(other);
        var second = await ScoreCacheTests.ScoreAsync(other, "use", Found);

        Assert.Equal(1, RedisTierTests.Count(other, CacheCount.HitsInRedis));
        Assert.Equal((asked, 1), (_rule.Asked, _model.Scored));
        Assert.Equal(Findings(first)[0].ToJsonString(), Findings(second)[0].ToJsonString());
    }

    [Theory]
    [InlineData(HardeningAction.Floor, "floored")]
    [InlineData(HardeningAction.Reject, "failed")]
    public async Task Score_FlooredOrRejected_IsNeverStoredAndLookedAtEachTime(HardeningAction action, string status)
    {
        _rule.Default = RuleActions.Always(action);
        await using var gateway = With(("Gateway:Models:scripted:Floor", "-5"));

        foreach (var cache in (string[])["use", "use", "only"])
        {
            var score = ScoreCacheTests.Scores(await ScoreCacheTests.ScoreAsync(gateway, cache, Found))[0]!;
            Assert.Equal((status, false), (score["status"]!.GetValue<string>(), score["cached"]!.GetValue<bool>()));
            Assert.Single(score["findings"]!.AsArray());
        }

        Assert.Equal((3, 0), (_rule.Asked, _model.Scored));
        Assert.Equal(0, gateway.Services.GetRequiredService<ProcessTier>().Count);
    }

    [Fact]
    public async Task Score_FoundInRedis_LivesHereForTheTimeThatItHasLeft()
    {
        SomeRedis.RequireRedis();
        await using var redis = await SomeRedis.StartAsync(RedisKind.Redis);
        (string, string)[] settings = [("Gateway:Cache:TtlSeconds", "1000"), ("Gateway:Cache:TtlJitterPercent", "0")];
        await using var one = RedisTierTests.Gateway(_model, redis.Address, settings);
        await RedisTierTests.ConnectedAsync(one);
        await ScoreCacheTests.ScoreAsync(one, "use", "a");
        await Eventually.TrueAsync(() => RedisTierTests.Count(one, CacheCount.StoredInRedis) == 1, "the score is in Redis");

        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddSeconds(600));
        await using var other = TestGateway.With(_model, clock, [("Gateway:Cache:Redis", redis.Address), .. settings]);
        await RedisTierTests.ConnectedAsync(other);
        await ScoreCacheTests.ScoreAsync(other, "use", "a");
        Assert.Equal(1, RedisTierTests.Count(other, CacheCount.HitsInRedis));
        await redis.CommandAsync("FLUSHALL");
        clock.Advance(TimeSpan.FromSeconds(300));
        Assert.True(ScoreCacheTests.Scores(await ScoreCacheTests.ScoreAsync(other, "only", "a"))[0]!["cached"]!.GetValue<bool>());
        clock.Advance(TimeSpan.FromSeconds(101));

        Assert.Equal("not_cached", ScoreCacheTests.Scores(await ScoreCacheTests.ScoreAsync(other, "only", "a"))[0]!["error"]!["kind"]!.GetValue<string>());
    }

    private static JsonArray[] Findings(JsonNode reply) => [.. ScoreCacheTests.Scores(reply).Select(score => score!["findings"]!.AsArray())];

    private TestGateway With(params (string, string)[] settings) =>
        TestGateway.With(_model, services => services.AddSingleton<IHardeningRule>(_rule), settings);

    /// <summary>Finds one text in responses, and counts how often it was asked.</summary>
    private sealed class CountingRule : IHardeningRule
    {
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public string Name => "counting";

        public int Version => 1;

        public HardeningScope Scope => HardeningScope.Responses;

        public RuleActions Default { get; set; } = RuleActions.Always(HardeningAction.Flag);

        public RuleActions Strict => Default;

        public bool Neutralises => false;

        public void Inspect(in HardeningField field, FindingList findings)
        {
            Interlocked.Increment(ref _asked);
            if (field.Text.SequenceEqual("odd text"u8))
            {
                findings.Add(field, HardeningSeverity.High, 4, "it is odd");
            }
        }
    }
}
