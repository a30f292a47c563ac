using Gateway.Core.Scoring;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests;

/// <summary>Deadlines on a clock that the test drives, so that nothing waits.</summary>
public sealed class TimeoutTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Score_TimeoutPassed_FailsWhatIsLeftAndKeepsItsSiblings()
    {
        await using var gateway = TestGateway.With(Slow(), _clock);
        var call = gateway.PostAsync("/v1/score", """{"items": [{"prompt": "p", "responses": ["a", "slow", "slow too"]}], "options": {"timeout_ms": 250}}""");
        await _held.Task.WaitAsync(TestContext.Current.CancellationToken);

        _clock.Advance(TimeSpan.FromMilliseconds(250));
        var (status, reply, _) = await call;

        Assert.Equal(200, status);
        Assert.Equal(["ok", "failed", "failed"], reply!["results"]![0]!["scores"]!.AsArray().Select(score => score!["status"]!.GetValue<string>()));
        Assert.Equal("timed_out", reply["results"]![0]!["scores"]![1]!["error"]!["kind"]!.GetValue<string>());
        Assert.Equal("[0]", reply["results"]![0]!["ranking"]!.ToJsonString());
        Assert.Equal(200, (await gateway.PostAsync("/v1/score", """{"prompt": "p", "response": "a"}""")).Status);
    }

    [Theory]
    [InlineData("/v1/score", """{"prompt": "p", "response": "slow", "options": {"timeout_ms": 1000}}""", 1_000, 504, "timed_out")]
    [InlineData("/v1/score", """{"prompt": "p", "response": "slow"}""", 60_000, 504, "timed_out")]
    [InlineData("/get_reward", """{"query": ["a", "slow"]}""", 150_000, 503, "input 1:")]
    [InlineData("/slime", """{"prompt": "p", "response": "slow"}""", 100_000, 503, "timed_out")]
    [InlineData("/api/rewardanything", """{"principle": "p", "prompt": "q", "responses": {"a": "x", "b": "slow"}}""", 25_000, 503, "$.responses[")]
    [InlineData("/api/rewardanything_batch", """[{"principle": "p", "prompt": "q", "responses": {"a": "x"}}, {"principle": "p", "prompt": "q", "responses": {"b": "slow"}}]""", 50_000, 503, "$[1].responses[")]
    [InlineData("/classify", """{"input": "slow"}""", 300_000, 503, "ServiceUnavailableError")]
    public async Task Post_PatienceOfItsDialectPassed_FailsThen(string path, string body, int patience, int expected, string says)
    {
        await using var gateway = TestGateway.With(Slow(), _clock);
        var call = gateway.PostAsync(path, body);
        await _held.Task.WaitAsync(TestContext.Current.CancellationToken);

        _clock.Advance(TimeSpan.FromMilliseconds(patience - 1));
        Assert.False(call.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        var (status, reply, _) = await call;

        Assert.Equal(expected, status);
        Assert.Contains(says, reply!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(0, gateway.Admission.Items);
    }

    private ScriptedModel Slow() => new()
    {
        Guidance = GuidanceFields.Principle,
        BeforeEach = async (response, cancellation) =>
        {
            if (response.StartsWith("slow", StringComparison.Ordinal))
            {
                _held.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            }
        },
    };
}
