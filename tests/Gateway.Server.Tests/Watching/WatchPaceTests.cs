using Gateway.Server.Watching;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests.Watching;

public class WatchPaceTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Take_WhatModelsScore_IsAllOfIt()
    {
        var pace = new WatchPace(_clock);
        for (var second = 0; second < 100; second++)
        {
            Assert.Equal(WatchPace.PerSecond, pace.Take(WatchPace.PerSecond));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public void Take_MoreThanThat_IsASample()
    {
        var pace = new WatchPace(_clock);
        var taken = 0;
        for (var second = 0; second < 100; second++)
        {
            taken += pace.Take(100_000);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(WatchPace.AtOnce + (99 * WatchPace.PerSecond), taken);
    }

    [Fact]
    public async Task Watch_RequestsOfMoreThanIsLookedAt_LooksAtASample()
    {
        await using var gateway = TestGateway.With(new ScriptedModel(), _clock);
        var responses = string.Join(',', Enumerable.Range(0, WatchPace.AtOnce).Select(i => $"\"{i % 2}\""));
        var body = $$"""{"items": [{"prompt": "p", "responses": [{{responses}}]}, {"prompt": "q", "responses": ["x"]}]}""";
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(200, (await gateway.PostAsync("/v1/score", body)).Status);
        }

        var run = (await gateway.Http.GetFromJsonAsync<System.Text.Json.Nodes.JsonNode>("/v1/watch", TestContext.Current.CancellationToken))!["runs"]![0]!;
        Assert.Equal(WatchPace.AtOnce, run["responses"]!.GetValue<long>());
    }
}
