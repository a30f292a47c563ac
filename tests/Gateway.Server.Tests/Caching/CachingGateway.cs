using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Server.Tests.Caching;

/// <summary>A gateway on a Redis that may fail, whose model is a pure function of the response: any other number is a wrong score.</summary>
internal sealed class CachingGateway : IAsyncDisposable
{
    private readonly TestGateway _gateway;

    /// <summary>A gateway that keeps its scores in this Redis alone, unless the settings say otherwise.</summary>
    public CachingGateway(string redis, params (string Name, object Value)[] settings)
    {
        Model = new ScriptedModel { Answer = response => ScriptedModel.Of(Pure(response)) };
        _gateway = TestGateway.With(
            Model,
            services => services.AddSingleton<ILoggerProvider>(Log),
            [
                ("Gateway:Cache:Redis", redis), ("Gateway:Cache:Entries", "0"), ("Gateway:Cache:LookupMs", "500"), ("Gateway:Cache:BreakerPauseMs", "50"),
                ("Logging:LogLevel:Gateway.Server.Caching", "Debug"),
                .. settings.Select(setting => ($"Gateway:Cache:{setting.Name}", setting.Value.ToString()!)),
            ]);
        Counters = new Counters(_gateway.Services);
    }

    public ScriptedModel Model { get; }

    public Counters Counters { get; }

    public LogLines Log { get; } = new();

    public TestGateway Gateway => _gateway;

    /// <summary>What the log says of Redis.</summary>
    public string[] Said => [.. Log.Lines.Where(line => line.Contains("Redis", StringComparison.Ordinal))];

    /// <summary>The one right score of a response.</summary>
    public static double Pure(string response) => (XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(response)) % 1_000_003) / 64.0;

    /// <summary>Responses that only this test uses.</summary>
    public static string[] Texts(string name, int count) => [.. Enumerable.Range(0, count).Select(i => $"{name} {i}")];

    /// <summary>Scores responses and returns how many of the scores were stored ones; fails where one is not the right one, or not 200.</summary>
    public async Task<int> AskAsync(params string[] responses) => (await ScoresAsync("use", responses)).Count(score => score!["cached"]!.GetValue<bool>());

    /// <summary>Waits until all of these are found stored, none of them scored meanwhile: one slow lookup is a miss and no fault.</summary>
    public Task FindsAsync(params string[] responses) => Eventually.TrueAsync(
        async () => (await ScoresAsync("only", responses)).All(score => score!["status"]!.GetValue<string>() == "ok"), "all are found stored");

    /// <summary>The scores of responses; each that is there is right.</summary>
    public async Task<JsonArray> ScoresAsync(string cache, params string[] responses)
    {
        var body = JsonSerializer.Serialize(new { items = new[] { new { prompt = "p", responses } }, options = new { cache } });
        var (status, reply, _) = await _gateway.PostAsync("/v1/score", body);
        Assert.True(status == 200 || (cache == "only" && status == 404), $"{status} {reply?.ToJsonString()}");
        var scores = reply!["results"]![0]!["scores"]!.AsArray();
        Assert.Equal(responses.Length, scores.Count);
        for (var i = 0; i < responses.Length; i++)
        {
            if (scores[i]!["status"]!.GetValue<string>() == "ok")
            {
                Assert.Equal(Pure(responses[i]), scores[i]!["score"]!.GetValue<double>());
            }
            else
            {
                Assert.Equal(("only", "not_cached"), (cache, scores[i]!["error"]!["kind"]!.GetValue<string>()));
            }
        }

        return scores;
    }

    /// <summary>Waits until new scores are written to Redis and read from there again.</summary>
    public Task WorksAsync(string what = "scores are shared again")
    {
        // Never those of an earlier time: they might only be read.
        var texts = Texts($"probe {Guid.NewGuid()}", 3);
        return Eventually.TrueAsync(async () => await AskAsync(texts) == texts.Length, what);
    }

    /// <summary>Asks in several requests at once for texts of which some are stored and some new.</summary>
    public Task LoadAsync(string name, int requests = 24) =>
        Task.WhenAll(Enumerable.Range(0, requests).Select(i => AskAsync([.. Texts("known", 4), .. Texts($"{name} {i / 2}", 4)])));

    public async ValueTask DisposeAsync()
    {
        Counters.Dispose();
        await _gateway.DisposeAsync();
    }
}
