using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Server.Tests;

/// <summary>Clients that leave: their permits are freed, their work is cancelled, and the next request is served.</summary>
public sealed class CancellationTests
{
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ScriptedModel _model = new();

    [Theory]
    [InlineData("/v1/score", """{"items": [{"prompt": "p", "responses": ["x", "y"]}]}""")]
    [InlineData("/get_reward", """{"query": ["x", "y"]}""")]
    [InlineData("/slime", """{"prompt": "p", "response": "x"}""")]
    [InlineData("/classify", """{"input": ["x", "y"]}""")]
    public async Task Post_ClientCancelsWhileTheModelRuns_CancelsTheModelAndFreesThePermits(string path, string body)
    {
        await using var gateway = TestGateway.With(_model);
        Hold();
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var content = new StringContent(body);
        var call = gateway.Http.PostAsync(path, content, leaving.Token);
        await _entered.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.NotEqual(0, gateway.Admission.Items);
        Assert.NotEqual(0, gateway.Admission.Bytes);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await _cancelled.Task.WaitAsync(TestContext.Current.CancellationToken);
        await ServesTheNextAsync(gateway);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_SocketClosedMidBody_FreesItsBytes(bool reset)
    {
        await using var gateway = TestGateway.With(_model);
        var raw = await RawHttp.ConnectAsync(gateway.Http.BaseAddress!);
        await raw.SendHeadAsync("/v1/score", 100_000);
        await raw.SendAsync("{\"prompt\": \"p\", \"respon");
        await Eventually.TrueAsync(() => gateway.Admission.Bytes == 100_000, "the announced bytes are admitted");

        if (reset)
        {
            raw.Reset();
        }

        raw.Dispose();

        await ServesTheNextAsync(gateway);
        Assert.Single(_model.Seen);
    }

    [Fact]
    public async Task Post_SocketClosedAfterTheBody_CancelsTheModel()
    {
        await using var gateway = TestGateway.With(_model);
        Hold();
        const string Body = """{"prompt": "p", "response": "x"}""";
        var raw = await RawHttp.ConnectAsync(gateway.Http.BaseAddress!);
        await raw.SendHeadAsync("/v1/score", Body.Length);
        await raw.SendAsync(Body);
        await _entered.Task.WaitAsync(TestContext.Current.CancellationToken);

        raw.Reset();

        await _cancelled.Task.WaitAsync(TestContext.Current.CancellationToken);
        await ServesTheNextAsync(gateway);
    }

    [Fact]
    public async Task Post_HundredClientsLeaveAtOnce_FreesEverything()
    {
        await using var gateway = TestGateway.With(_model);
        Hold();
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var calls = Enumerable.Range(0, 100).Select(i =>
            gateway.Http.PostAsync("/v1/score", new StringContent($$"""{"prompt": "p", "response": "{{i}}"}"""), leaving.Token)).ToArray();
        await Eventually.TrueAsync(() => gateway.Admission.Items == 100, "a hundred responses are in flight");

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(calls));
        await ServesTheNextAsync(gateway);
    }

    [Theory]
    [InlineData("/v1/score", """{"prompt": "p", "response": "x"}""")]
    [InlineData("/get_reward", """{"query": ["x"]}""")]
    public async Task Post_ClientLeaves_LogsNoFault(string path, string body)
    {
        using var log = new LogLines();
        await using var gateway = TestGateway.With(
            _model, services => services.RemoveAll<ILoggerProvider>().AddSingleton<ILoggerProvider>(log), ("Logging:LogLevel:Default", "Warning"));
        Hold();
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var content = new StringContent(body);
        var call = gateway.Http.PostAsync(path, content, leaving.Token);
        await _entered.Task.WaitAsync(TestContext.Current.CancellationToken);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await ServesTheNextAsync(gateway);
        Assert.Empty(log.Lines);
    }

    private void Hold() => _model.Before = async cancellation =>
    {
        _entered.TrySetResult();
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
        }
        finally
        {
            _cancelled.TrySetResult();
        }
    };

    private async Task ServesTheNextAsync(TestGateway gateway)
    {
        await Eventually.TrueAsync(() => (gateway.Admission.Items, gateway.Admission.Bytes) == (0, 0), "all permits are free");
        _model.Before = _ => Task.CompletedTask;
        var (status, reply, _) = await gateway.PostAsync("/v1/score", """{"prompt": "p", "response": "next"}""");
        Assert.Equal(200, status);
        Assert.Equal(4.0, reply!["results"]![0]!["scores"]![0]!["score"]!.GetValue<double>());
    }
}
