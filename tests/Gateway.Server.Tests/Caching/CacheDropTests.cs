using System.Net;
using System.Text.Json.Nodes;
using Gateway.Server.Caching;

namespace Gateway.Server.Tests.Caching;

/// <summary>Operators that have a model's or a revision's scores forgotten.</summary>
public sealed class CacheDropTests
{
    private readonly ScriptedModel _model = new();

    [Theory]
    [InlineData("/admin/cache/drop", """{"model": "scripted"}""")]
    [InlineData("/admin/cache/drop", """{"model": "org/checkpoint-7"}""")]
    [InlineData("/admin/cache/drop", """{"revision": "scripted-1"}""")]
    [InlineData("/admin/cache/drop?model=scripted", "")]
    [InlineData("/admin/cache/drop?revision=scripted-1", "")]
    public async Task Drop_OfTheModel_ForgetsItsScores(string path, string body)
    {
        await using var gateway = TestGateway.With(_model, ("Gateway:Models:scripted:Aliases:0", "org/checkpoint-7"));
        await ScoreCacheTests.ScoreAsync(gateway, "use", "a");

        var (status, reply, _) = await gateway.PostAsync(path, body);
        var only = await ScoreCacheTests.ScoreAsync(gateway, "only", "a");

        Assert.Equal((200, "none"), (status, reply!["redis"]!.GetValue<string>()));
        Assert.Equal(1, reply["counts"]!["stored_in_process"]!.GetValue<long>());
        Assert.Equal("not_cached", ScoreCacheTests.Scores(only)[0]!["error"]!["kind"]!.GetValue<string>());
        await ScoreCacheTests.ScoreAsync(gateway, "use", "a");
        Assert.True(ScoreCacheTests.Scores(await ScoreCacheTests.ScoreAsync(gateway, "only", "a"))[0]!["cached"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Drop_OfAnotherRevision_ForgetsNothingHere()
    {
        await using var gateway = TestGateway.With(_model);
        await ScoreCacheTests.ScoreAsync(gateway, "use", "a");

        Assert.Equal(200, (await gateway.PostAsync("/admin/cache/drop", """{"revision": "older"}""")).Status);

        Assert.True(ScoreCacheTests.Scores(await ScoreCacheTests.ScoreAsync(gateway, "only", "a"))[0]!["cached"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("", 400, "invalid_request")]
    [InlineData("[]", 400, "invalid_request")]
    [InlineData("""{"model": "scripted", "revision": "scripted-1"}""", 400, "invalid_request")]
    [InlineData("""{"modle": "scripted"}""", 400, "invalid_request")]
    [InlineData("""{"model": "nobody"}""", 404, "unknown_model")]
    public async Task Drop_OfNothingKnown_SaysWhatToSend(string body, int expected, string kind)
    {
        await using var gateway = TestGateway.With(_model);

        var (status, reply, _) = await gateway.PostAsync("/admin/cache/drop", body);

        Assert.Equal((expected, kind), (status, reply!["kind"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("192.0.2.7", null, 403)]
    [InlineData("192.0.2.7", "true", 200)]
    [InlineData("127.0.0.1", null, 200)]
    [InlineData("::ffff:127.0.0.1", null, 200)]
    public async Task Drop_FromAnotherMachine_IsForbiddenUnlessAllowed(string from, string? allowed, int expected)
    {
        await using var gateway = TestGateway.With(
            _model, services => services.AddSingleton<IStartupFilter>(new From(IPAddress.Parse(from))), [.. allowed is null ? [] : new[] { ("Gateway:Admin:AllowRemote", allowed) }]);

        var (status, reply, _) = await gateway.PostAsync("/admin/cache/drop?model=scripted", "");

        Assert.Equal(expected, status);
        Assert.Equal(expected == 403 ? "forbidden" : null, reply!["kind"]?.GetValue<string>());
    }

    [Fact]
    public async Task Drop_WhileARunGoesOn_WhatItFindsIsNotKept()
    {
        var (entered, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        _model.Before = cancellation =>
        {
            entered.TrySetResult();
            return release.Task.WaitAsync(cancellation);
        };
        await using var gateway = TestGateway.With(_model);
        var call = ScoreCacheTests.ScoreAsync(gateway, "use", "a");
        await entered.Task.WaitAsync(TestContext.Current.CancellationToken);

        await gateway.PostAsync("/admin/cache/drop?model=scripted", "");
        release.SetResult();

        Assert.Equal("ok", ScoreCacheTests.Scores(await call)[0]!["status"]!.GetValue<string>());
        Assert.Equal("failed", ScoreCacheTests.Scores(await ScoreCacheTests.ScoreAsync(gateway, "only", "a"))[0]!["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task Drop_OnOneReplica_ReachesTheOthersAndARestartedOne()
    {
        await using var redis = await SomeRedis.StartAsync(RedisKind.Redis);
        await using var one = RedisTierTests.Gateway(_model, redis.Address);
        await using var other = RedisTierTests.Gateway(_model, redis.Address);
        await RedisTierTests.ConnectedAsync(one);
        await RedisTierTests.ConnectedAsync(other);
        await ScoreCacheTests.ScoreAsync(one, "use", "a");
        await Eventually.TrueAsync(() => RedisTierTests.Count(one, CacheCount.StoredInRedis) == 1, "the score is in Redis");
        await ScoreCacheTests.ScoreAsync(other, "use", "a");
        Assert.Equal(1, _model.Scored);

        var (_, reply, _) = await one.PostAsync("/admin/cache/drop?model=scripted", "");
        Assert.Equal("told", reply!["redis"]!.GetValue<string>());

        // The other has it in its own memory, and learns without being asked.
        await Eventually.TrueAsync(async () => IsMiss(await ScoreCacheTests.ScoreAsync(other, "only", "a")), "the other replica forgets");
        await using var third = RedisTierTests.Gateway(_model, redis.Address);
        await RedisTierTests.ConnectedAsync(third);
        Assert.True(IsMiss(await ScoreCacheTests.ScoreAsync(third, "only", "a")));
        Assert.Equal(1, RedisTierTests.Count(third, CacheCount.Rejected));
    }

    [Fact]
    public async Task Drop_GenerationLostByRedis_IsPutBack()
    {
        await using var redis = await SomeRedis.StartAsync(RedisKind.Redis);
        await using var gateway = RedisTierTests.Gateway(_model, redis.Address);
        await RedisTierTests.ConnectedAsync(gateway);
        var (_, reply, _) = await gateway.PostAsync("/admin/cache/drop?revision=scripted-1", "");

        await redis.CommandAsync("DEL", "rg:{g}:revision:scripted-1");

        await Eventually.TrueAsync(
            async () => (await redis.CommandAsync("GET", "rg:{g}:revision:scripted-1")).Contains(reply!["generation"]!.ToJsonString(), StringComparison.Ordinal),
            "the generation is back");
    }

    private static bool IsMiss(JsonNode reply) => ScoreCacheTests.Scores(reply)[0]!["status"]!.GetValue<string>() == "failed";

    /// <summary>Requests that seem to come from an address.</summary>
    private sealed class From(IPAddress address) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (http, following) =>
            {
                http.Connection.RemoteIpAddress = address;
                await following(http);
            });
            next(app);
        };
    }
}
