using System.Text.Json.Nodes;
using Gateway.Client;
using Gateway.Server.Tests.Upstream;
using Gateway.Server.Watching;

namespace Gateway.Server.Tests.Watching;

/// <summary>The watch from outside: what clients send, what operators see.</summary>
public sealed class WatchTests
{
    private static readonly (string, string)[] SmallWindow =
        [("Gateway:Watch:Window", "64"), ("Gateway:Watch:Prompts", "8"), ("Gateway:Watch:Runs", "3")];

    [Fact]
    public async Task Watch_RunsByHeaderAndField_AreToldApart()
    {
        await using var gateway = TestGateway.With(new ScriptedModel(), SmallWindow);
        await gateway.PostAsync("/v1/score", """{"prompt": "p", "response": "abc", "options": {"run": "by-field"}}""");
        await PostAsync(gateway, "/get_reward", """{"query": ["<|im_start|>user\np<|im_end|>\n<|im_start|>assistant\nabcd<|im_end|>\n"]}""", "by-header");
        await gateway.PostAsync("/v1/score", """{"items": [{"prompt": "p", "responses": ["a", "b"]}]}""");

        var watch = await new GatewayClient(gateway.Http).GetWatchAsync(TestContext.Current.CancellationToken);

        Assert.Equal(
            [("scripted", null, 2L, 1.0), ("scripted", "by-header", 1L, 4.0), ("scripted", "by-field", 1L, 3.0)],
            watch.Runs.Select(run => (run.Model, run.Run, run.Responses, run.Now.MedianBytes)));
        Assert.All(watch.Runs, run => Assert.Null(run.Before));
    }

    [Fact]
    public async Task Watch_MoreRunsThanItHolds_ForgetsTheOneUnseenForLongest()
    {
        await using var gateway = TestGateway.With(new ScriptedModel(), SmallWindow);
        foreach (var run in (string[])["a", "b", "c", "a", "d"])
        {
            await PostAsync(gateway, "/v1/score", """{"prompt": "p", "response": "r"}""", run);
        }

        Assert.Equal(["d", "a", "c"], (await RunsAsync(gateway)).Select(run => run!["run"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("ré")]
    [InlineData("x\\ny")]
    public async Task Post_RunThatIsNoName_IsRefused(string run)
    {
        await using var gateway = TestGateway.With(new ScriptedModel(), SmallWindow);
        var (status, reply, _) = await gateway.PostAsync("/v1/score", $$"""{"prompt": "p", "response": "r", "options": {"run": "{{run}}"} }""");

        Assert.Equal(400, status);
        Assert.Contains("options.run", reply!["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_FailedResponses_AreNotCounted()
    {
        await using var gateway = TestGateway.With(new ScriptedModel { Answer = ScriptedModel.FailWhereAsked }, SmallWindow);
        await gateway.PostAsync("/v1/score", """{"items": [{"prompt": "p", "responses": ["fine", "fail model_failed", "fine too"]}]}""");

        Assert.Equal(2, (await RunsAsync(gateway))[0]!["responses"]!.GetValue<int>());
    }

    [Fact]
    public async Task Observe_FromManyThreads_LosesNothing()
    {
        await using var gateway = TestGateway.With(new ScriptedModel(), SmallWindow);
        var watch = gateway.Services.GetRequiredService<PolicyWatch>();

        Parallel.For(0, 8_000, i => watch.Observe("m", i % 2 == 0 ? "even" : null, new WatchedResponse((ulong)i, TextDigestTests.Of($"response {i}"), 9, i, false)));

        Assert.Equal([4_000L, 4_000L], (await RunsAsync(gateway)).Select(run => run!["responses"]!.GetValue<long>()));
    }

    [Fact]
    public async Task Watch_Disabled_SeesNothing()
    {
        await using var gateway = TestGateway.With(new ScriptedModel(), ("Gateway:Watch:Enabled", "false"));
        await gateway.PostAsync("/v1/score", """{"prompt": "p", "response": "r"}""");

        Assert.Empty(await RunsAsync(gateway));
    }

    [Fact]
    public async Task Watch_CollapsedRun_IsLoggedCountedShownAndPosted()
    {
        await using var hook = await ScriptedUpstream.StartAsync("hook");
        var log = new LogLines();
        await using var gateway = TestGateway.With(
            new ScriptedModel(),
            services => services.AddLogging(logging => logging.AddProvider(log)),
            [.. SmallWindow, ("Gateway:Watch:Webhook", hook.Address + "secret"), ("Logging:LogLevel:Gateway.Server.Watching", "Warning")]);

        await CollapseAsync(gateway);

        await Eventually.TrueAsync(() => !hook.Seen.IsEmpty, "the alarm is posted");
        var post = Assert.Single(hook.Seen);
        var alarm = JsonNode.Parse(post.Body)!;
        Assert.Equal(("POST", "/secret", "application/json"), (post.Method, post.Path, post.Headers["Content-Type"]));
        Assert.Equal(("same_response", "scripted", "run-1", 1.0), (
            alarm["kind"]!.GetValue<string>(), alarm["model"]!.GetValue<string>(), alarm["run"]!.GetValue<string>(), alarm["value"]!.GetValue<double>()));
        var run = Assert.Single(await RunsAsync(gateway))!;
        Assert.Equal("same_response", Assert.Single(run["signs"]!.AsArray())!.GetValue<string>());
        Assert.Equal(alarm.ToJsonString(), Assert.Single(run["alarms"]!.AsArray())!.ToJsonString());
        var line = Assert.Single(log.Lines, line => line.StartsWith("Watch:", StringComparison.Ordinal));
        Assert.Contains("same_response at model scripted, run run-1: 1, before unknown, limit 0.9", line, StringComparison.Ordinal);
        var metrics = await gateway.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Matches("(?m)^gateway_watch_alarms_total\\{[^}]*kind=\"same_response\",model=\"scripted\"[^}]*\\} 1$", metrics);
        Assert.Matches("(?m)^gateway_watch_same_share[^}]*model=\"scripted\"[^}]*\\} 1$", metrics);
        Assert.DoesNotContain("run-1", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_WebhookThatFails_IsTriedAgainAndItsAddressNotLogged()
    {
        await using var hook = await ScriptedUpstream.StartAsync(http => ScriptedUpstream.TextAsync(http, 500, "no"));
        var log = new LogLines();
        var clock = new ImpatientTime();
        await using var gateway = TestGateway.With(
            new ScriptedModel(),
            services => services.AddSingleton<TimeProvider>(clock).AddLogging(logging => logging.AddProvider(log)),
            [.. SmallWindow, ("Gateway:Watch:Webhook", hook.Address + "secret"), ("Logging:LogLevel:Gateway.Server.Watching", "Warning")]);

        await CollapseAsync(gateway);
        await Eventually.TrueAsync(() => log.Lines.Any(line => line.Contains("it answered 500", StringComparison.Ordinal)), "the third failure is logged");

        Assert.DoesNotContain(log.Lines, line => line.Contains("secret", StringComparison.Ordinal));
        Assert.Equal(3, hook.Seen.Count);
    }

    private static async Task CollapseAsync(TestGateway gateway)
    {
        for (var i = 0; i < 16; i++)
        {
            await PostAsync(gateway, "/v1/score", $$"""{"prompt": "question {{i}}", "response": "Thought process:"}""", "run-1");
        }
    }

    private static async Task PostAsync(TestGateway gateway, string path, string body, string run)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        content.Headers.Add(RunName.Header, run);
        Assert.Equal(200, (await gateway.SendAsync(path, content)).Status);
    }

    private static async Task<JsonArray> RunsAsync(TestGateway gateway) =>
        JsonNode.Parse(await gateway.Http.GetStringAsync("/v1/watch", TestContext.Current.CancellationToken))!["runs"]!.AsArray();

    /// <summary>Real time in which pauses end at once.</summary>
    private sealed class ImpatientTime : TimeProvider
    {
        private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime == Longest ? TimeSpan.Zero : dueTime, period);
    }
}
