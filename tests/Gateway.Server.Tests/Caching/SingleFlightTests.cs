using System.Text.Json.Nodes;
using Gateway.Core.Scoring;
using Gateway.Server.Caching;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests.Caching;

/// <summary>Identical texts in flight: one run, whoever waits for it, leaves it or fails with it.</summary>
public sealed class SingleFlightTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ScriptedModel _model = new() { Answer = ScriptedModel.FailWhereAsked };
    private int _calls;

    [Fact]
    public async Task Score_SameTextAtOnce_RunsOnce()
    {
        await using var gateway = Held();
        var calls = Enumerable.Range(0, 20).Select(_ => gateway.PostAsync("/v1/score", Body("x"))).ToArray();
        await JoinedAsync(gateway, 19);

        _release.SetResult();
        var replies = await Task.WhenAll(calls);

        Assert.All(replies, reply => Assert.Equal(200, reply.Status));
        Assert.All(replies, reply => Assert.False(ScoreCacheTests.Scores(reply.Json!)[0]!["cached"]!.GetValue<bool>()));
        Assert.Equal((1, 1), (_model.Scored, _calls));
    }

    [Fact]
    public async Task Score_ManyMisses_ReachTheModelAsOneCall()
    {
        await using var gateway = Held();
        _release.SetResult();

        await gateway.PostAsync("/v1/score", Body([.. Enumerable.Range(0, 64).Select(i => $"text {i}")]));

        Assert.Equal((64, 1), (_model.Scored, _calls));
    }

    [Fact]
    public async Task Score_OverlappingRequests_EachTextRunsOnceAndEachCallerGetsItsOwn()
    {
        await using var gateway = Held();
        var first = gateway.PostAsync("/v1/score", Body("a", "bb", "ccc"));
        await _entered.Task.WaitAsync(TestContext.Current.CancellationToken);
        var second = gateway.PostAsync("/v1/score", Body("ccc", "dddd", "bb", "eeeee"));
        await JoinedAsync(gateway, 2);

        _release.SetResult();

        Assert.Equal([1, 2, 3], Values((await first).Json!));
        Assert.Equal([3, 4, 2, 5], Values((await second).Json!));
        Assert.Equal((5, 2), (_model.Scored, _calls));
    }

    [Fact]
    public async Task Score_FirstCallerLeaves_TheOthersGetTheirScore()
    {
        await using var gateway = Held();
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var content = new StringContent(Body("judged"));
        var first = gateway.Http.PostAsync("/v1/score", content, leaving.Token);
        await _entered.Task.WaitAsync(TestContext.Current.CancellationToken);
        var second = gateway.PostAsync("/v1/score", Body("judged"));
        await JoinedAsync(gateway, 1);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        // The first caller's memory is somebody else's by now.
        var body = new string('y', 10_000);
        await gateway.PostAsync("/v1/score", Body(body)[..^3]);
        Assert.False(_cancelled.Task.IsCompleted);
        _release.SetResult();

        Assert.Equal(200, (await second).Status);
        Assert.Equal("judged", Assert.Single(_model.Seen).Response);
    }

    [Fact]
    public async Task Score_FirstCallersDeadlinePasses_FailsOnlyThatCaller()
    {
        await using var gateway = Held(_clock);
        var first = gateway.PostAsync("/v1/score", Body(100, "x"));
        await _entered.Task.WaitAsync(TestContext.Current.CancellationToken);
        var second = gateway.PostAsync("/v1/score", Body(10_000, "x"));
        await JoinedAsync(gateway, 1);

        _clock.Advance(TimeSpan.FromMilliseconds(100));
        var (status, reply, _) = await first;
        _clock.Advance(TimeSpan.FromMilliseconds(9_000));
        Assert.Equal((504, "timed_out"), (status, ScoreCacheTests.Scores(reply!)[0]!["error"]!["kind"]!.GetValue<string>()));
        Assert.False(_cancelled.Task.IsCompleted || second.IsCompleted);
        _release.SetResult();

        Assert.Equal(200, (await second).Status);
        Assert.Equal(1, _model.Scored);
    }

    [Fact]
    public async Task Score_LaterCallersDeadlinePasses_FailsOnlyThatCaller()
    {
        await using var gateway = Held(_clock);
        var first = gateway.PostAsync("/v1/score", Body(10_000, "x"));
        await _entered.Task.WaitAsync(TestContext.Current.CancellationToken);
        var second = gateway.PostAsync("/v1/score", Body(100, "x"));
        await JoinedAsync(gateway, 1);

        _clock.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(504, (await second).Status);
        _release.SetResult();

        Assert.Equal(200, (await first).Status);
        Assert.Equal(1, _model.Scored);
    }

    [Fact]
    public async Task Score_EveryCallerLeaves_CancelsTheRunAndTheNextIsServed()
    {
        await using var gateway = Held(_clock);
        var calls = new[] { gateway.PostAsync("/v1/score", Body(100, "x")), gateway.PostAsync("/v1/score", Body(200, "x")) };
        await JoinedAsync(gateway, 1);

        _clock.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(504, (await await Task.WhenAny(calls)).Status);
        Assert.False(_cancelled.Task.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        await _cancelled.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.All(await Task.WhenAll(calls), reply => Assert.Equal(504, reply.Status));
        Assert.Equal((0, 0), (gateway.Admission.Items, _model.Scored));
        _release.SetResult();
        Assert.Equal(200, (await gateway.PostAsync("/v1/score", Body("x"))).Status);
    }

    [Fact]
    public async Task Score_RunFails_FailsWhoeverWaitsAndIsTriedAgainLater()
    {
        await using var gateway = Held();
        var calls = Enumerable.Range(0, 5).Select(_ => gateway.PostAsync("/v1/score", Body("fail model_failed"))).ToArray();
        await JoinedAsync(gateway, 4);

        _release.SetResult();

        Assert.All(await Task.WhenAll(calls), reply => Assert.Equal(500, reply.Status));
        Assert.Equal(1, _model.Scored);
        _model.Answer = _ => ScriptedModel.Of(1);
        Assert.Equal(200, (await gateway.PostAsync("/v1/score", Body("fail model_failed"))).Status);
    }

    [Fact]
    public async Task Score_ModelThrows_FailsWhoeverWaitsAndServesTheNext()
    {
        await using var gateway = Held();
        _model.Answer = _ => throw new InvalidOperationException("scripted");
        var calls = Enumerable.Range(0, 5).Select(_ => gateway.PostAsync("/v1/score", Body("x"))).ToArray();
        await JoinedAsync(gateway, 4);

        _release.SetResult();

        Assert.All(await Task.WhenAll(calls), reply => Assert.Equal(500, reply.Status));
        _model.Answer = _ => ScriptedModel.Of(1);
        Assert.Equal(200, (await gateway.PostAsync("/v1/score", Body("x"))).Status);
        Assert.Equal(0, gateway.Admission.Items);
    }

    [Fact]
    public async Task Score_OthersRunWasTooBusy_IsTriedByTheOneThatWaited()
    {
        await using var gateway = Held();
        var refusals = 1;
        _model.Answer = text => Interlocked.Decrement(ref refusals) >= 0 ? ScoreResult.Failed(ErrorKind.Overloaded, "scripted.") : ScriptedModel.Of(text.Length);
        var first = gateway.PostAsync("/v1/score", Body("x"));
        await _entered.Task.WaitAsync(TestContext.Current.CancellationToken);
        var second = gateway.PostAsync("/v1/score", Body("x", "yy"));
        await JoinedAsync(gateway, 1);

        _release.SetResult();

        // Which of the two texts is refused is the model's business; a text that the second tried itself stays as it is.
        var (status, _, _) = await first;
        Assert.Contains(status, (int[])[200, 429]);
        Assert.Contains(1, Values((await second).Json!));
    }

    [Fact]
    public async Task Score_RefusedAtTheDoor_FailsNobodyElse()
    {
        await using var gateway = Held(settings: [("Gateway:Limits:ItemsInFlight", "2"), ("Gateway:Limits:ResponsesPerRequest", "2")]);
        var first = gateway.PostAsync("/v1/score", Body("a", "b"));
        await _entered.Task.WaitAsync(TestContext.Current.CancellationToken);

        var joining = gateway.PostAsync("/v1/score", Body("a"));
        await JoinedAsync(gateway, 1);
        var refused = await gateway.PostAsync("/v1/score", Body("a", "c"));
        _release.SetResult();

        Assert.Equal(429, refused.Status);
        Assert.Equal((200, 200), ((await first).Status, (await joining).Status));
        Assert.Equal(2, _model.Scored);
    }

    [Fact]
    public async Task Score_TextOfALargeRequest_IsWaitedForWithItsPieceOnly()
    {
        await using var gateway = HeldFromCall(2);
        var large = gateway.PostAsync("/v1/score", Body([.. Enumerable.Range(0, 1100).Select(i => $"text {i}")]));
        await Eventually.TrueAsync(() => Volatile.Read(ref _calls) == 3, "every piece reached the model");

        Assert.Equal([6], Values(await ScoreCacheTests.ScoreAsync(gateway, "use", "text 7")));
        var (waiting, many) = (gateway.PostAsync("/v1/score", Body("text 512")), gateway.PostAsync("/v1/score", Body("text 600", "text 1099")));
        await JoinedAsync(gateway, 3);
        Assert.False(large.IsCompleted || waiting.IsCompleted || many.IsCompleted);
        Assert.Equal(1100 - 512, gateway.Admission.Items);
        _release.SetResult();

        Assert.Equal([8], Values((await waiting).Json!));
        Assert.Equal([8, 9], Values((await many).Json!));
        Assert.Equal(Enumerable.Range(0, 1100).Select(i => (double?)$"text {i}".Length), Values((await large).Json!));
        Assert.Equal((1100, 3, 0), (_model.Scored, _calls, gateway.Admission.Items));
    }

    [Fact]
    public async Task Score_CallerOfALargeRequestLeaves_OnlyThePieceThatAnotherWaitsForGoesOn()
    {
        await using var gateway = HeldFromCall(1);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var content = new StringContent(Body([.. Enumerable.Range(0, 1100).Select(i => $"text {i}")]));
        var large = gateway.Http.PostAsync("/v1/score", content, leaving.Token);
        await Eventually.TrueAsync(() => Volatile.Read(ref _calls) == 3, "every piece reached the model");
        var waiting = gateway.PostAsync("/v1/score", Body("text 600"));
        await JoinedAsync(gateway, 1);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        await Eventually.TrueAsync(() => gateway.Admission.Items == 512, "the other pieces gave their permits back");
        _release.SetResult();

        Assert.Equal([8], Values((await waiting).Json!));
        Assert.Equal(512, _model.Scored);
    }

    [Fact]
    public async Task Score_PieceFails_TheOthersScoresStayAndTheRetryCostsThatPiece()
    {
        await using var gateway = HeldFromCall(1);
        _release.SetResult();
        var refusals = 1;
        _model.Returned = results => Interlocked.Decrement(ref refusals) == 0 ? [.. results.Skip(1)] : results;
        var body = Body([.. Enumerable.Range(0, 1024).Select(i => $"text {i}")]);

        Assert.Equal(500, (await gateway.PostAsync("/v1/score", body)).Status);
        Assert.Equal(200, (await gateway.PostAsync("/v1/score", body)).Status);

        Assert.Equal(1024 + 512, _model.Scored);
        Assert.Equal(0, gateway.Admission.Items);
    }

    [Fact]
    public async Task Score_Refresh_JoinsNoOlderRunAndWhatItFindsStays()
    {
        await using var gateway = Held();
        var older = gateway.PostAsync("/v1/score", Body("x"));
        await _entered.Task.WaitAsync(TestContext.Current.CancellationToken);

        // The refresh is not held back, and ends before the older run does.
        _model.Before = _ => Task.CompletedTask;
        _model.Answer = _ => ScriptedModel.Of(7);
        Assert.Equal([7], Values(await ScoreCacheTests.ScoreAsync(gateway, "refresh", "x")));
        _model.Answer = _ => ScriptedModel.Of(5);
        _release.SetResult();

        Assert.Equal([5], Values((await older).Json!));
        Assert.Equal([7], Values(await ScoreCacheTests.ScoreAsync(gateway, "only", "x")));
    }

    [Fact]
    public async Task Score_Off_SharesNoRunSaveWithinItsRequest()
    {
        await using var gateway = Held();
        var one = ScoreCacheTests.ScoreAsync(gateway, "off", "x", "x");
        var other = ScoreCacheTests.ScoreAsync(gateway, "off", "x");
        await Eventually.TrueAsync(() => Volatile.Read(ref _calls) == 2, "both reached the model");

        _release.SetResult();

        Assert.Equal([1, 1], Values(await one));
        Assert.Equal([1], Values(await other));
        Assert.Equal(2, _model.Scored);
        Assert.Equal("not_cached", ScoreCacheTests.Scores(await ScoreCacheTests.ScoreAsync(gateway, "only", "x"))[0]!["error"]!["kind"]!.GetValue<string>());
    }

    private static string Body(params string[] responses) => Body(60_000, responses);

    private static string Body(int timeoutMs, params string[] responses) => new JsonObject
    {
        ["items"] = new JsonArray(new JsonObject { ["prompt"] = "p", ["responses"] = new JsonArray([.. responses.Select(text => JsonValue.Create(text))]) }),
        ["options"] = new JsonObject { ["timeout_ms"] = timeoutMs },
    }.ToJsonString();

    private static IEnumerable<double?> Values(JsonNode reply) => ScoreCacheTests.Scores(reply).Select(score => score!["score"]?.GetValue<double>());

    private static Task JoinedAsync(TestGateway gateway, long units) => Eventually.TrueAsync(
        () => gateway.Services.GetRequiredService<CacheMetrics>()[CacheCount.Joined] == units, $"{units} units wait for another's run");

    /// <summary>Calls before this one are answered at once.</summary>
    private TestGateway HeldFromCall(int first)
    {
        var gateway = Held();
        var held = _model.Before;
        _model.Before = cancellation =>
        {
            if (Volatile.Read(ref _calls) + 1 >= first)
            {
                return held(cancellation);
            }

            Interlocked.Increment(ref _calls);
            return Task.CompletedTask;
        };
        return gateway;
    }

    private TestGateway Held(TimeProvider? clock = null, (string, string)[]? settings = null)
    {
        _model.Before = async cancellation =>
        {
            Interlocked.Increment(ref _calls);
            _entered.TrySetResult();
            try
            {
                await _release.Task.WaitAsync(cancellation);
            }
            catch (OperationCanceledException)
            {
                _cancelled.TrySetResult();
                throw;
            }
        };
        return TestGateway.With(_model, clock ?? TimeProvider.System, settings ?? []);
    }
}
