using System.Diagnostics.Metrics;
using Gateway.Core.Scoring;
using Gateway.Server.Judging;
using Gateway.Server.Tests.Upstream.Chat;
using Gateway.Server.Upstream.Chat;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests.Judging;

/// <summary>A judge's calls stay within its limits, are settled by what was used, and counted.</summary>
public sealed class JudgeChatTests : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly FakeTimeProvider _clock = new();

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Theory]
    [InlineData("""{"content":"A"}""", "stop", null, "ok")]
    [InlineData("""{"content":null,"refusal":"No."}""", "stop", ErrorKind.JudgeRefused, "judge_refused")]
    [InlineData("""{"content":"A"}""", "content_filter", ErrorKind.JudgeRefused, "judge_refused")]
    [InlineData("""{"content":""}""", "stop", ErrorKind.JudgeUnreadable, "judge_unreadable")]
    public async Task Ask_AnyReply_IsSettledAndCountedByWhatItUsed(string message, string finish, ErrorKind? fault, string outcome)
    {
        await using var upstream = await TestChat.StartAsync(ChatReplyTests.Reply(message, finish, usage: """{"prompt_tokens":1000,"completion_tokens":100}"""));
        using var counters = new Counters(_services);
        var metrics = new JudgeMetrics(_services.GetRequiredService<IMeterFactory>());
        using var limits = new JudgeLimits("j", new() { TokensPerMinute = 3_000 }, _clock, metrics);
        using var chat = new JudgeChat(upstream.Client, "j", limits, new() { PromptPerMillion = 1, CompletionPerMillion = 10 }, metrics);

        var asking = chat.GetResponseAsync([new(ChatRole.User, "Judge.")], new ChatOptions { MaxOutputTokens = 2_900 }, TestContext.Current.CancellationToken);

        Assert.Equal(fault, fault is null ? null : (await Assert.ThrowsAsync<GatewayException>(() => asking)).Kind);
        Assert.Equal(fault is null ? "A" : null, fault is null ? (await asking).Text : null);
        Assert.Equal((1, 1, 0.002), (counters["gateway.judge.calls"], counters[$"gateway.judge.calls{{{outcome}}}"], Math.Round(counters["gateway.judge.cost"], 9)));
        Assert.Equal((1000, 100), (counters["gateway.judge.tokens{prompt}"], counters["gateway.judge.tokens{completion}"]));
        // 1,100 of the minute's 3,000 were used, of 2,902 reserved.
        Assert.Equal(0, limits.InFlight);
        Assert.True(limits.EnterAsync("x", 1_900, null, TestContext.Current.CancellationToken).IsCompletedSuccessfully);
        Assert.False(limits.EnterAsync("x", 1, null, TestContext.Current.CancellationToken).IsCompleted);
    }

    [Fact]
    public async Task Ask_AnEngineThatRefused_GivesTheReservationBack()
    {
        await using var upstream = await TestChat.StartAsync(http => Gateway.Server.Tests.Upstream.ScriptedUpstream.JsonAsync(http, 422, """{"error":"no"}"""));
        var metrics = new JudgeMetrics(_services.GetRequiredService<IMeterFactory>());
        using var limits = new JudgeLimits("j", new() { TokensPerMinute = 1_000 }, _clock, metrics);
        using var chat = new JudgeChat(upstream.Client, "j", limits, new(), metrics);

        var fault = await Assert.ThrowsAsync<GatewayException>(
            () => chat.GetResponseAsync([new(ChatRole.User, "Judge.")], new ChatOptions { MaxOutputTokens = 900 }, TestContext.Current.CancellationToken));

        Assert.Equal((ErrorKind.Rejected, 0), (fault.Kind, limits.InFlight));
        Assert.True(limits.EnterAsync("x", 1_000, null, TestContext.Current.CancellationToken).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Ask_CallerLeaves_IsCountedAndKeepsItsReservation()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = await TestChat.StartAsync(http =>
        {
            entered.SetResult();
            return Gateway.Server.Tests.Upstream.ScriptedUpstream.HangAsync(http);
        });
        using var counters = new Counters(_services);
        var metrics = new JudgeMetrics(_services.GetRequiredService<IMeterFactory>());
        using var limits = new JudgeLimits("j", new() { TokensPerMinute = 1_000 }, _clock, metrics);
        using var chat = new JudgeChat(upstream.Client, "j", limits, new(), metrics);
        using var leaves = new CancellationTokenSource();

        var asking = chat.GetResponseAsync([new(ChatRole.User, "Judge.")], new ChatOptions { MaxOutputTokens = 900 }, leaves.Token);
        await entered.Task;
        await leaves.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.Equal((1, 1, 0), (counters["gateway.judge.calls"], counters["gateway.judge.calls{cancelled}"], limits.InFlight));
        Assert.InRange(limits.TokensTaken, 900, 1_000);
    }

    [Fact]
    public async Task Ask_NoRoomInTime_IsRefusedAndNotSent()
    {
        await using var upstream = await TestChat.StartAsync(ChatReplyTests.Reply("""{"content":"A"}"""));
        using var counters = new Counters(_services);
        var metrics = new JudgeMetrics(_services.GetRequiredService<IMeterFactory>());
        using var limits = new JudgeLimits("j", new() { RequestsPerMinute = 1 }, _clock, metrics);
        using var chat = new JudgeChat(upstream.Client, "j", limits, new(), metrics);
        using var taken = await limits.EnterAsync("x", 1, null, TestContext.Current.CancellationToken);

        var options = new ChatAsk { Party = "y", Deadline = new Deadline(TimeSpan.FromSeconds(5), _clock) }.In(new ChatOptions());
        var fault = await Assert.ThrowsAsync<GatewayException>(() => chat.GetResponseAsync([new(ChatRole.User, "Judge.")], options, TestContext.Current.CancellationToken));

        Assert.Equal(ErrorKind.Overloaded, fault.Kind);
        Assert.Equal(1, counters["gateway.judge.refused"]);
        Assert.Empty(upstream.Upstream.Seen);
    }
}
