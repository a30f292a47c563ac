using Gateway.Core.Scoring;

namespace Gateway.Server.Tests;

/// <summary>A full house refuses at once, in each dialect's way, and serves again when there is room.</summary>
public sealed class OverloadTests
{
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ScriptedModel _model = new();

    public static TheoryData<string, string, int, string> Calls => new()
    {
        { "/v1/score", """{"prompt": "p", "response": "x"}""", 429, "overloaded" },
        { "/get_reward", """{"query": ["x"]}""", 503, "overloaded" },
        { "/slime", """{"prompt": "p", "response": "x"}""", 503, "overloaded" },
        { "/slime/object", """{"prompt": "p", "response": "x"}""", 503, "overloaded" },
        { "/classify", """{"input": "x"}""", 503, "ServiceUnavailableError" },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Post_ItemsInFlightFull_IsRefusedWithRetryAfter(string path, string body, int expected, string says)
    {
        await using var gateway = TestGateway.With(_model, ("Gateway:Limits:ItemsInFlight", "2"), ("Gateway:Limits:ResponsesPerRequest", "2"));
        var first = await HoldAsync(gateway);

        await RefusedAsync(gateway, path, body, expected, says, "Gateway:Limits:ItemsInFlight 2");

        _release.SetResult();
        Assert.Equal(200, (await first).Status);
        Assert.Equal(200, (await gateway.PostAsync(path, body)).Status);
        Assert.Equal(0, gateway.Admission.Items);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Post_BytesInFlightFull_IsRefusedWithRetryAfter(string path, string body, int expected, string says)
    {
        await using var gateway = TestGateway.With(_model, ("Gateway:Limits:BodyBytes", "2000"), ("Gateway:Limits:BytesInFlight", "2000"));
        using (var slow = await RawHttp.ConnectAsync(gateway.Http.BaseAddress!))
        {
            await slow.SendHeadAsync("/v1/score", 1_999);
            await Eventually.TrueAsync(() => gateway.Admission.Bytes == 1_999, "the announced bytes are admitted");

            await RefusedAsync(gateway, path, body, expected, says, "Gateway:Limits:BytesInFlight 2000");
        }

        await Eventually.TrueAsync(() => gateway.Admission.Bytes == 0, "the bytes are free again");
        Assert.Equal(200, (await gateway.PostAsync(path, body)).Status);
    }

    [Fact]
    public async Task Post_WaitLongerThanTheClientsPatience_IsRefusedAndMorePatientClientsAreServed()
    {
        await using var gateway = TestGateway.With(_model);
        // A first call of 100,000 bytes in 100 s of the model's own time tells a speed of 1,000 bytes a second.
        _model.Answer = _ => new Score(1, Tokens: 3, Truncated: false, new ScoreTimings(default, default, TimeSpan.FromSeconds(100)));
        Assert.Equal(200, (await gateway.PostAsync("/v1/score", $$"""{"prompt": "p", "response": "{{new string('x', 99_999)}}"}""")).Status);
        var first = await HoldAsync(gateway, new string('x', 10_000 - 2));

        var (status, reply, response) = await gateway.PostAsync("/v1/score", """{"prompt": "p", "response": "x", "options": {"timeout_ms": 7000}}""");

        Assert.Equal(429, status);
        Assert.Equal("scripted has 10 s of work waiting and this client waits 7 s; try again later.", reply!["detail"]!.GetValue<string>());
        Assert.Equal("3", response.Headers.GetValues("Retry-After").Single());
        _release.SetResult();
        Assert.Equal(200, (await first).Status);
        Assert.Equal(200, (await gateway.PostAsync("/v1/score", """{"prompt": "p", "response": "x", "options": {"timeout_ms": 7000}}""")).Status);
    }

    [Fact]
    public async Task Get_HealthAndModels_AnswerInAFullHouse()
    {
        await using var gateway = TestGateway.With(_model, ("Gateway:Limits:ItemsInFlight", "2"), ("Gateway:Limits:ResponsesPerRequest", "2"));
        var first = await HoldAsync(gateway);

        Assert.Equal("alive\n", await gateway.Http.GetStringAsync("/healthz", TestContext.Current.CancellationToken));
        Assert.Equal("ready\n", await gateway.Http.GetStringAsync("/readyz", TestContext.Current.CancellationToken));
        Assert.Contains("scripted", await gateway.Http.GetStringAsync("/v1/models", TestContext.Current.CancellationToken), StringComparison.Ordinal);

        _release.SetResult();
        await first;
    }

    /// <summary>Starts a call of two responses and returns when the model has it.</summary>
    private async Task<Task<(int Status, System.Text.Json.Nodes.JsonNode? Json, HttpResponseMessage Response)>> HoldAsync(TestGateway gateway, string response = "held")
    {
        _model.Before = cancellation =>
        {
            _entered.TrySetResult();
            return _release.Task.WaitAsync(cancellation);
        };
        var call = gateway.PostAsync("/v1/score", $$"""{"items": [{"prompt": "p", "responses": ["{{response}}", ""]}]}""");
        await _entered.Task.WaitAsync(TestContext.Current.CancellationToken);
        return call;
    }

    private static async Task RefusedAsync(TestGateway gateway, string path, string body, int expected, string says, string limit)
    {
        var (status, reply, response) = await gateway.PostAsync(path, body);
        Assert.Equal(expected, status);
        Assert.Equal("1", response.Headers.GetValues("Retry-After").Single());
        Assert.Equal("overloaded", response.Headers.GetValues("X-Gateway-Error").Single());
        Assert.Contains(says, reply!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains(limit, reply.ToJsonString(), StringComparison.Ordinal);
    }
}
