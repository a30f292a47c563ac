using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Core.Scoring;
using Gateway.Server.Caching;

namespace Gateway.Server.Tests.Caching;

/// <summary>
/// Several gateways on one Redis, each over a way of its own that fails at random, and a record of what every reply may say. A score is a pure
/// function of the response and of the era; a new era begins with a drop, as when weights were changed under an old revision.
/// </summary>
internal sealed class CacheHistory : IAsyncDisposable
{
    private const int Replicas = 3;
    private const int Known = 150;
    private const int Flaky = 15;
    private const double PerEra = 1 << 20;

    private readonly SomeRedis _redis;
    private readonly FaultProxy[] _ways;
    private readonly int _seed;
    private int _era;
    private int _settledEra;
    private int _operations;
    private int _fromStore;

    private CacheHistory(SomeRedis redis, int seed)
    {
        _redis = redis;
        _seed = seed;
        _ways = [.. Enumerable.Range(0, Replicas).Select(_ => FaultProxy.ForRedis(redis.Port))];
        Gateways = [.. _ways.Select((way, i) => new CachingGateway(
            way.Address, ("Entries", i * 40), ("TtlSeconds", i == 1 ? 60 : 1), ("TtlJitterPercent", 50), ("LookupMs", 100)))];
        foreach (var gateway in Gateways)
        {
            gateway.Model.Answer = response => Answer(response);
            gateway.Model.Before = async _ => await Task.Yield();
        }
    }

    /// <summary>The gateways.</summary>
    public CachingGateway[] Gateways { get; }

    /// <summary>How many requests were answered.</summary>
    public int Operations => Volatile.Read(ref _operations);

    /// <summary>How many of their scores were stored ones.</summary>
    public int FromStore => Volatile.Read(ref _fromStore);

    /// <summary>Starts Redis and the gateways.</summary>
    public static async Task<CacheHistory> StartAsync(RedisKind kind, int seed) => new(await SomeRedis.StartAsync(kind), seed);

    /// <summary>Many requests from several clients at once, while the ways to Redis fail now and then.</summary>
    /// <param name="phase">Its number, for its random numbers.</param>
    /// <param name="clients">Clients at once.</param>
    /// <param name="each">Requests of each.</param>
    /// <param name="faults">False keeps all ways open.</param>
    public Task RunAsync(int phase, int clients, int each, bool faults) => Task.WhenAll(Enumerable.Range(0, clients).Select(async client =>
    {
        var random = new Random(HashCode.Combine(_seed, phase, client));
        for (var i = 0; i < each; i++)
        {
            if (faults && random.Next(25) == 0)
            {
                _ways[random.Next(Replicas)].Fault = Some(random);
            }

            await AskAsync(Gateways[random.Next(Replicas)], random, $"{phase} {client} {i}");
        }
    }));

    /// <summary>Empties the server, or restarts it where it can be, whichever comes.</summary>
    public Task DisturbAsync(int phase) => phase % 2 == 0 && _redis.Server is { } server ? server.RestartAsync() : _redis.CommandAsync("FLUSHALL");

    /// <summary>Opens all ways and waits until every gateway finds its scores in Redis again.</summary>
    public async Task HealAsync()
    {
        Array.ForEach(_ways, way => way.Fault = Fault.None);
        foreach (var gateway in Gateways)
        {
            await Eventually.TrueAsync(
                () => gateway.Counters["gateway.cache.breaker{lookup}"] == 0 && gateway.Counters["gateway.cache.breaker{store}"] == 0, Say("Redis is asked again"));
        }
    }

    /// <summary>Begins a new era with a drop at one gateway; done when all know it.</summary>
    public async Task DropAsync(int phase)
    {
        var era = Interlocked.Increment(ref _era);
        var model = Gateways[0].Model;
        var scope = phase % 2 == 0 ? new CacheScope(CacheScopeKind.Model, model.Name) : new CacheScope(CacheScopeKind.Revision, model.Revision);
        var body = $$"""{"{{scope.Kind.ToString().ToLowerInvariant()}}": "{{scope.Name}}"}""";
        var (status, reply, _) = await Gateways[phase % Replicas].Gateway.PostAsync("/admin/cache/drop", body);
        Assert.True(status == 200, Say($"{status} {reply?.ToJsonString()}"));
        var generation = reply!["generation"]!.GetValue<long>();
        foreach (var gateway in Gateways)
        {
            await Eventually.TrueAsync(() => GenerationsOf(gateway).Of(scope) >= generation, Say("every gateway learns of the drop"));
        }

        Volatile.Write(ref _settledEra, era);

        static Generations GenerationsOf(CachingGateway gateway) => gateway.Gateway.Services.GetRequiredService<Generations>();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in Gateways)
        {
            await gateway.DisposeAsync();
        }

        foreach (var way in _ways)
        {
            await way.DisposeAsync();
        }

        await _redis.DisposeAsync();
    }

    private string Say(string what) => string.Create(CultureInfo.InvariantCulture, $"{what} (seed {_seed})");

    private ScoreResult Answer(string response) =>
        response.StartsWith("flaky", StringComparison.Ordinal) && Random.Shared.Next(3) == 0
            ? ScoreResult.Failed(ErrorKind.ModelFailed, "scripted.")
            : ScriptedModel.Of(CachingGateway.Pure(response) + (PerEra * Volatile.Read(ref _era)));

    private async Task AskAsync(CachingGateway gateway, Random random, string name)
    {
        var cache = random.Next(20) switch { < 13 => "use", < 15 => "refresh", < 18 => "only", _ => "off" };
        var responses = Enumerable.Range(0, random.Next(1, 9)).Select(_ => random.Next(Known)).Select(i => i < Flaky ? $"flaky {i}" : $"known {i}").ToList();
        if (cache == "only")
        {
            responses.Add($"never {name}");
        }

        var from = Volatile.Read(ref _settledEra);
        var body = JsonSerializer.Serialize(new { items = new[] { new { prompt = "p", responses } }, options = new { cache } });
        var (status, reply, _) = await gateway.Gateway.PostAsync("/v1/score", body);
        var scores = reply!["results"]?[0]!["scores"]!.AsArray();
        Assert.True(scores?.Count == responses.Count, Say($"{status} {reply.ToJsonString()}"));
        for (var i = 0; i < responses.Count; i++)
        {
            Check(responses[i], scores[i]!, cache, from);
        }

        var expected = scores.Any(score => score!["status"]!.GetValue<string>() == "ok") ? 200 : cache == "only" ? 404 : 500;
        Assert.True(status == expected, Say($"{status} {reply.ToJsonString()}"));
        Interlocked.Increment(ref _operations);
    }

    private void Check(string response, JsonNode score, string cache, int from)
    {
        if (score["status"]!.GetValue<string>() != "ok")
        {
            var kind = score["error"]!["kind"]!.GetValue<string>();
            Assert.True(kind == (cache == "only" ? "not_cached" : "model_failed") && (cache == "only" || response[0] == 'f'), Say($"{response}: {score.ToJsonString()}"));
            return;
        }

        var era = (score["score"]!.GetValue<double>() - CachingGateway.Pure(response)) / PerEra;
        Assert.True(era >= from && era <= Volatile.Read(ref _era) && era == Math.Floor(era), Say($"{response} by {cache}, asked in era {from} or later: {score.ToJsonString()}"));
        var cached = score["cached"]!.GetValue<bool>();
        Assert.False(cached && cache is ("refresh" or "off"), Say($"{response} by {cache}: {score.ToJsonString()}"));
        Assert.False((!cached && cache == "only") || response[0] == 'n', Say($"{response} by {cache}: {score.ToJsonString()}"));
        Interlocked.Add(ref _fromStore, cached ? 1 : 0);
    }

    private static Fault Some(Random random) => random.Next(14) switch
    {
        0 => Fault.Refuse,
        1 => Fault.Reset,
        2 => Fault.Blackhole,
        3 => Fault.HoldReplies,
        4 => Fault.Delay(TimeSpan.FromMilliseconds(random.Next(5, 200)), TimeProvider.System),
        5 => Fault.CutAfter(random.Next(1, 2_000)),
        6 or 7 => Fault.SwapReplies,
        8 => Fault.Rewrite(reply => Corrupted(reply, Random.Shared.Next())),
        _ => Fault.None,
    };

    /// <summary>Changes one byte somewhere in a reply of values; where that is in the framing, the client library has to cope.</summary>
    private static byte[] Corrupted(byte[] reply, int at)
    {
        if (reply[0] == (byte)'*')
        {
            reply[at % reply.Length] ^= 0x20;
        }

        return reply;
    }
}
