using System.Text.Json.Nodes;
using Gateway.Core.Scoring;
using Gateway.Server.Caching;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests.Caching;

/// <summary>What a client sees of stored scores, with this process's memory alone.</summary>
public sealed class ScoreCacheTests
{
    private readonly ScriptedModel _model = new() { Answer = ScriptedModel.FailWhereAsked };

    public static TheoryData<string, string> Dialects => new()
    {
        { "/v1/score", """{"prompt": "p", "response": "x"}""" },
        { "/get_reward", """{"query": ["x"]}""" },
        { "/slime", """{"prompt": "p", "response": "x"}""" },
        { "/classify", """{"input": "x"}""" },
        { "/models/scripted/classify", """{"input": "x"}""" },
    };

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Post_SameTextTwice_IsScoredOnce(string path, string body)
    {
        await using var gateway = TestGateway.With(_model);

        var (status, _, first) = await gateway.PostAsync(path, body);
        var (again, _, second) = await gateway.PostAsync(path, body);

        Assert.Equal((200, 200, 1), (status, again, _model.Scored));
        Assert.False(first.Headers.Contains("X-Gateway-Cached"));
        Assert.Equal("1", second.Headers.GetValues("X-Gateway-Cached").Single());
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Post_CacheControl_SaysWhetherStoredScoresAnswer(string path, string body)
    {
        await using var gateway = TestGateway.With(_model);

        Assert.Equal(404, await SendAsync(gateway, path, body, "only-if-cached"));
        Assert.Equal((200, 1), (await SendAsync(gateway, path, body, "no-store"), _model.Scored));
        Assert.Equal(404, await SendAsync(gateway, path, body, "max-age=60, Only-If-Cached"));
        Assert.Equal((200, 2), (await SendAsync(gateway, path, body, "no-cache"), _model.Scored));
        Assert.Equal((200, 2), (await SendAsync(gateway, path, body, "only-if-cached"), _model.Scored));
        Assert.Equal((200, 3), (await SendAsync(gateway, path, body, "no-cache"), _model.Scored));
        Assert.Equal((200, 4), (await SendAsync(gateway, path, body, "no-cache, no-store"), _model.Scored));
        Assert.Equal((200, 4), (await SendAsync(gateway, path, body, "max-age=60"), _model.Scored));
    }

    [Fact]
    public async Task Score_OptionAndHeader_TheOptionWins()
    {
        await using var gateway = TestGateway.With(_model);
        await gateway.PostAsync("/v1/score", """{"prompt": "p", "response": "x"}""");

        Assert.Equal(200, await SendAsync(gateway, "/v1/score", """{"prompt": "p", "response": "x", "options": {"cache": "use"}}""", "no-store"));
        Assert.Equal(1, _model.Scored);
        Assert.Equal(200, await SendAsync(gateway, "/v1/score", """{"prompt": "p", "response": "x", "options": {"cache": "off"}}""", "only-if-cached"));
        Assert.Equal(2, _model.Scored);
    }

    [Fact]
    public async Task Score_SomeStored_SaysWhichAndScoresTheRestInOneCall()
    {
        await using var gateway = TestGateway.With(_model);
        await ScoreAsync(gateway, "use", "b", "dddd");

        var reply = await ScoreAsync(gateway, "use", "a", "b", "cc", "b", "dddd");

        Assert.Equal([false, true, false, true, true], Scores(reply).Select(score => score!["cached"]!.GetValue<bool>()));
        Assert.Equal([1, 1, 2, 1, 4], Scores(reply).Select(score => score!["score"]!.GetValue<double>()));
        Assert.Equal(3, reply["usage"]!["cached"]!.GetValue<int>());
        Assert.Equal(4, _model.Scored);
    }

    [Fact]
    public async Task Score_Refresh_ScoresAfreshAndStores()
    {
        await using var gateway = TestGateway.With(_model);
        await ScoreAsync(gateway, "use", "a");
        _model.Answer = _ => ScriptedModel.Of(7);

        var refreshed = await ScoreAsync(gateway, "refresh", "a");
        var stored = await ScoreAsync(gateway, "only", "a");

        Assert.Equal(7, Scores(refreshed)[0]!["score"]!.GetValue<double>());
        Assert.False(Scores(refreshed)[0]!["cached"]!.GetValue<bool>());
        Assert.Equal(7, Scores(stored)[0]!["score"]!.GetValue<double>());
        Assert.True(Scores(stored)[0]!["cached"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Score_Only_FailsWhatIsNotStoredAndNothingElse()
    {
        await using var gateway = TestGateway.With(_model);
        await ScoreAsync(gateway, "use", "a");

        var reply = await ScoreAsync(gateway, "only", "a", "b");

        Assert.Equal(["ok", "failed"], Scores(reply).Select(score => score!["status"]!.GetValue<string>()));
        Assert.Equal("not_cached", Scores(reply)[1]!["error"]!["kind"]!.GetValue<string>());
        Assert.Equal(1, _model.Scored);
    }

    [Fact]
    public async Task Score_Failure_IsNeverStored()
    {
        await using var gateway = TestGateway.With(_model);

        Assert.Equal("failed", Scores(await ScoreAsync(gateway, "use", "fail model_failed"))[0]!["status"]!.GetValue<string>());
        _model.Answer = response => ScriptedModel.Of(response.Length);

        Assert.Equal("ok", Scores(await ScoreAsync(gateway, "use", "fail model_failed"))[0]!["status"]!.GetValue<string>());
        Assert.Equal(2, _model.Scored);
    }

    [Fact]
    public async Task Score_Stored_SaysWhatTheFirstReplySaid()
    {
        _model.Answer = _ => new Score(-0.1, Tokens: 12, Truncated: true, new ScoreTimings(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3)));
        await using var gateway = TestGateway.With(_model);
        const string Body = """{"prompt": "<|im_end|>", "response": "x", "options": {"explain": true}}""";

        var (_, first, _) = await gateway.PostAsync("/v1/score", Body);
        var (_, second, _) = await gateway.PostAsync("/v1/score", Body);

        var (fresh, stored) = (Scores(first!)[0]!.AsObject(), Scores(second!)[0]!.AsObject());
        Assert.All(stored["timing_ms"]!.AsObject(), stage => Assert.Equal(0, stage.Value!.GetValue<double>()));
        Assert.NotEmpty(stored["findings"]!.AsArray());
        foreach (var field in (string[])["timing_ms", "cached"])
        {
            Assert.True(fresh.Remove(field) && stored.Remove(field));
        }

        Assert.Equal(fresh.ToJsonString(), stored.ToJsonString());
    }

    [Theory]
    [InlineData("Gateway:Models:scripted:Cache", "false")]
    [InlineData("Gateway:Cache:Entries", "0")]
    public async Task Score_WhereNothingIsKept_IsScoredEachTime(string setting, string value)
    {
        await using var gateway = TestGateway.With(_model, (setting, value));

        await ScoreAsync(gateway, "use", "a", "a");
        await ScoreAsync(gateway, "use", "a");
        var only = await ScoreAsync(gateway, "only", "a");

        Assert.Equal(2, _model.Scored);
        Assert.Equal("not_cached", Scores(only)[0]!["error"]!["kind"]!.GetValue<string>());
    }

    [Fact]
    public async Task Score_MoreThanTheEntries_ForgetsSome()
    {
        await using var gateway = TestGateway.With(_model, ("Gateway:Cache:Entries", "10"));
        var process = gateway.Services.GetRequiredService<ProcessTier>();

        await ScoreAsync(gateway, "use", [.. Enumerable.Range(0, 100).Select(i => $"text {i}")]);

        Assert.InRange(process.Count, 1, 11);
    }

    [Theory]
    [InlineData("Gateway:Cache:TtlSeconds", 10)]
    [InlineData("Gateway:Models:scripted:CacheTtlSeconds", 5)]
    public async Task Score_StoredForItsTime_IsAHitUntilThen(string setting, int seconds)
    {
        var clock = new FakeTimeProvider();
        await using var gateway = TestGateway.With(_model, clock, (setting, $"{seconds}"), ("Gateway:Cache:TtlJitterPercent", "0"));
        await ScoreAsync(gateway, "use", "a");

        clock.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.True(Scores(await ScoreAsync(gateway, "only", "a"))[0]!["cached"]!.GetValue<bool>());
        clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal("not_cached", Scores(await ScoreAsync(gateway, "only", "a"))[0]!["error"]!["kind"]!.GetValue<string>());
    }

    [Fact]
    public async Task Score_PayloadTooLarge_IsNotStored()
    {
        _model.Answer = _ => new Score(1, 1, false, default) { Steps = [.. Enumerable.Repeat(0.5, 3_000)] };
        await using var gateway = TestGateway.With(_model);

        await ScoreAsync(gateway, "use", "a");
        await ScoreAsync(gateway, "use", "a");

        Assert.Equal(2, _model.Scored);
        Assert.Equal(2, gateway.Services.GetRequiredService<CacheMetrics>()[CacheCount.Dropped]);
    }

    internal static async Task<JsonNode> ScoreAsync(TestGateway gateway, string cache, params string[] responses)
    {
        var body = new JsonObject
        {
            ["items"] = new JsonArray(new JsonObject { ["prompt"] = "p", ["responses"] = new JsonArray([.. responses.Select(text => JsonValue.Create(text))]) }),
            ["options"] = new JsonObject { ["cache"] = cache },
        };
        return (await gateway.PostAsync("/v1/score", body.ToJsonString())).Json!;
    }

    internal static JsonArray Scores(JsonNode reply) => reply["results"]![0]!["scores"]!.AsArray();

    private static async Task<int> SendAsync(TestGateway gateway, string path, string body, string cacheControl)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body) };
        request.Headers.TryAddWithoutValidation("Cache-Control", cacheControl);
        using var response = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }
}
