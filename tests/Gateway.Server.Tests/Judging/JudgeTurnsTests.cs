using System.Text.Json;
using Gateway.Server.Tests.Upstream;

namespace Gateway.Server.Tests.Judging;

/// <summary>Where a judge is at its limit, turns go round requests, and round training runs where they are named.</summary>
public sealed class JudgeTurnsTests
{
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Score_RunOfManyRequests_IsOneAmongThoseWhoWait()
    {
        await using var judge = await StartAsync();
        using var counters = new Counters(judge.Gateway.Services);

        Task[] run = [.. Enumerable.Range(0, 20).Select(i => PostAsync(judge, "ppo-7", $"MANY {i}"))];
        await Eventually.TrueAsync(() => counters["gateway.judge.waiting"] == 19, "one is asked about, and the others wait");
        var others = PostAsync(judge, null, "FEW 1", "FEW 2");
        await Eventually.TrueAsync(() => counters["gateway.judge.waiting"] == 21, "the others wait too");
        _go.SetResult();
        await Task.WhenAll([.. run, others]);

        Assert.Equal([2, 4], FewIn(judge));
    }

    [Fact]
    public async Task Score_RequestThatRunsInPieces_IsOneAmongThoseWhoWait()
    {
        await using var judge = await StartAsync();
        using var counters = new Counters(judge.Gateway.Services);

        // More than 512 units run in two pieces.
        var many = PostAsync(judge, null, [.. Enumerable.Range(0, 600).Select(i => $"MANY {i}")]);
        await Eventually.TrueAsync(() => counters["gateway.judge.waiting"] == 599, "one is asked about, and the others wait");
        var others = PostAsync(judge, null, "FEW 1", "FEW 2");
        await Eventually.TrueAsync(() => counters["gateway.judge.waiting"] == 601, "the others wait too");
        _go.SetResult();
        await Task.WhenAll(many, others);

        Assert.Equal([2, 4], FewIn(judge));
    }

    private Task<JudgeGateway> StartAsync() => JudgeGateway.StartAsync(
        JudgeGateway.Manifest("""{"kind": "rubric"}"""),
        async (http, _) =>
        {
            await _go.Task;
            await ScriptedUpstream.JsonAsync(http, 200, JudgeGateway.Reply("""{"explanation": "x", "score": 3}"""));
        },
        ("Gateway:Models:judge:Limits:MaxConcurrency", "1"));

    private static IEnumerable<int> FewIn(JudgeGateway judge) => judge.Asked.Index().Where(asked => asked.Item.Contains("FEW", StringComparison.Ordinal)).Select(asked => asked.Index);

    private static async Task PostAsync(JudgeGateway judge, string? run, params string[] responses)
    {
        var body = JsonSerializer.Serialize(new { items = new[] { new { prompt = "p", responses } }, options = new { timeout_ms = 300_000, run } });
        Assert.Equal(200, (await judge.Gateway.PostAsync("/v1/score", body)).Status);
    }
}
