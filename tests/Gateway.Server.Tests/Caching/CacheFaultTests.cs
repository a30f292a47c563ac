using System.Globalization;
using Gateway.Server.Caching;
using StackExchange.Redis;

namespace Gateway.Server.Tests.Caching;

/// <summary>Redis in every kind of trouble, one at a time: scores are right, replies are 200, the log stays short, and it ends by itself.</summary>
public sealed class CacheFaultTests
{
    private const int Open = 2;
    private const int FewLines = 8;

    public static TheoryData<string, RedisKind> Faults => [.. AllFaults.Keys.SelectMany(name => Enum.GetValues<RedisKind>().Select(kind => (name, kind)))];

    public static TheoryData<string, string, RedisKind> Forgeries =>
    [
        .. from forgery in ((string What, string SigningKey)[])
            [
                ("garbage", ""), ("empty", ""), ("torn", ""), ("copied from another key", ""), ("one bit", ""), ("another version", ""), ("another type", ""),
                ("no signature", "the gateway's own key"), ("another signature", "the gateway's own key"), ("one bit", "the gateway's own key"),
            ]
           from kind in Enum.GetValues<RedisKind>()
           select (forgery.What, forgery.SigningKey, kind),
    ];

    private static Dictionary<string, (Fault Fault, bool OpensBreaker, int Lines)> AllFaults { get; } = new(StringComparer.Ordinal)
    {
        ["refused"] = (Fault.Refuse, true, FewLines),
        ["reset"] = (Fault.Reset, true, FewLines),
        ["hangs, requests lost"] = (Fault.Blackhole, true, FewLines),
        ["hangs, replies late"] = (Fault.HoldReplies, true, FewLines),
        ["slow"] = (Fault.Delay(TimeSpan.FromMilliseconds(900), TimeProvider.System), true, FewLines),
        ["cut mid-reply"] = (Fault.CutAfter(70), true, FewLines),
        ["cut at once"] = (Fault.CutAfter(1), true, FewLines),
        ["swapped replies"] = (Fault.SwapReplies, false, FewLines),
        // The client library connects again after each, so the breaker opens and closes by turns, more and more slowly.
        ["corrupt framing"] = (Fault.Rewrite(reply => [.. reply, (byte)'?']), true, 30),
        ["corrupt payloads"] = (Fault.Rewrite(Corrupted), false, FewLines),
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Score_UnderLoadWhileRedisFails_IsRightAndRecovers(string name, RedisKind kind)
    {
        await using var redis = await SomeRedis.StartAsync(kind);
        await using var gateway = new CachingGateway(redis.Proxy.Address, ("LookupMs", 150));
        await gateway.WorksAsync("scores are shared");
        await gateway.LoadAsync("before");
        var (fault, opens, lines) = AllFaults[name];
        var said = gateway.Said.Length;

        redis.Proxy.Fault = fault;
        var rounds = 0;
        await Eventually.TrueAsync(
            async () =>
            {
                await gateway.LoadAsync($"{name} {rounds++}");
                return opens
                    ? gateway.Counters["gateway.cache.breaker{lookup}"] == Open && gateway.Counters["gateway.cache.failures{lookup}"] > 0
                    : gateway.Counters["gateway.cache.rejected"] > 0;
            },
            opens ? "the breaker opens" : "values are rejected");
        await gateway.LoadAsync("open");
        redis.Proxy.Fault = Fault.None;
        await gateway.WorksAsync();

        Assert.True(gateway.Said.Length - said <= lines, string.Join('\n', gateway.Said));
        await gateway.LoadAsync("after");
    }

    [Theory]
    [InlineData(RedisKind.Redis)]
    [InlineData(RedisKind.Garnet)]
    public async Task Watch_RedisSlowerThanUsersWait_LeavesItAloneWithoutTrafficAndStillLearnsOfDrops(RedisKind kind)
    {
        await using var redis = await SomeRedis.StartAsync(kind);
        await using var gateway = new CachingGateway(redis.Proxy.Address, ("LookupMs", 100));
        await gateway.WorksAsync("scores are shared");
        var generations = gateway.Gateway.Services.GetRequiredService<Generations>();
        var scope = new CacheScope(CacheScopeKind.Model, gateway.Model.Name);
        redis.Proxy.Fault = Fault.Delay(TimeSpan.FromMilliseconds(400), TimeProvider.System);
        await Eventually.TrueAsync(() => Task.FromResult(gateway.Counters["gateway.cache.breaker{lookup}"] == Open), "nobody has to ask to find it slow");

        generations.Begin(scope);
        await using var other = new CachingGateway(redis.Proxy.Address, ("LookupMs", 100));
        var dropped = await other.Gateway.PostAsync("/admin/cache/drop", """{"model": "scripted"}""");

        Assert.Equal(200, dropped.Status);
        var generation = other.Gateway.Services.GetRequiredService<Generations>().Of(scope);
        await Eventually.TrueAsync(() => Task.FromResult(generations.Of(scope) >= generation), "the drop is learned");
        redis.Proxy.Fault = Fault.None;
        await gateway.WorksAsync();
    }

    [Theory]
    [InlineData(RedisKind.Redis)]
    [InlineData(RedisKind.Garnet)]
    public async Task Score_RepliesSwapped_AreRejectedAsAnotherKeys(RedisKind kind)
    {
        await using var redis = await SomeRedis.StartAsync(kind);
        await using var gateway = new CachingGateway(redis.Proxy.Address, ("LookupMs", 5_000));
        await gateway.WorksAsync("scores are shared");
        var texts = CachingGateway.Texts("swapped", 16);
        await Eventually.TrueAsync(async () => await gateway.AskAsync(texts) == texts.Length, "all are stored");

        redis.Proxy.Fault = Fault.SwapReplies;
        await Eventually.TrueAsync(
            async () =>
            {
                await Task.WhenAll(texts.Select(text => gateway.AskAsync(text)));
                return gateway.Counters["gateway.cache.rejected{key}"] > 0;
            },
            "replies come in the other order");
    }

    [Fact]
    public async Task Score_RedisDownAtStart_IsRightAndSharedOnceItIsUp()
    {
        SomeRedis.RequireRedis();
        await using var redis = await RedisServer.StartAsync();
        await redis.KillAsync();
        await using var gateway = new CachingGateway(redis.Address);

        await gateway.LoadAsync("down");
        await redis.RestartAsync();
        await gateway.WorksAsync();

        Assert.True(gateway.Said.Length <= 6, string.Join('\n', gateway.Said));
    }

    [Fact]
    public async Task Score_RedisRestartsEmptyUnderLoad_IsRightAndSharedAgain()
    {
        SomeRedis.RequireRedis();
        await using var redis = await RedisServer.StartAsync();
        await using var gateway = new CachingGateway(redis.Address);
        await gateway.WorksAsync("scores are shared");

        var load = gateway.LoadAsync("during", 48);
        await redis.RestartAsync();
        await load;
        await gateway.WorksAsync();
        Assert.True(gateway.Said.Length <= 6, string.Join('\n', gateway.Said));
    }

    [Fact]
    public async Task Score_RedisFrozen_CostsOneDeadlineAndGoesOn()
    {
        SomeRedis.RequireRedis();
        await using var redis = await RedisServer.StartAsync();
        await using var gateway = new CachingGateway(redis.Address, ("LookupMs", 100));
        await gateway.WorksAsync("scores are shared");

        await redis.SuspendAsync();
        await Eventually.TrueAsync(
            async () =>
            {
                await gateway.LoadAsync("frozen");
                return gateway.Counters["gateway.cache.breaker{lookup}"] == Open;
            },
            "the breaker opens");
        await redis.ResumeAsync();
        await gateway.WorksAsync();
    }

    [Theory]
    [InlineData("OOM", "CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0")]
    [InlineData("READONLY", "REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE")]
    public async Task Score_RedisTakesNoWrites_StillAnswersWithWhatItHas(string fault, string begin, string end)
    {
        SomeRedis.RequireRedis();
        await using var redis = await RedisServer.StartAsync("--maxmemory-policy", "noeviction", "--replica-serve-stale-data", "yes");
        await using var gateway = new CachingGateway(redis.Address);
        await gateway.WorksAsync("scores are shared");
        var known = CachingGateway.Texts("known", 4);
        await Eventually.TrueAsync(async () => await gateway.AskAsync(known) == known.Length, "these are stored");

        await redis.CommandAsync(begin.Split(' '));
        var round = 0;
        await Eventually.TrueAsync(
            async () =>
            {
                await gateway.LoadAsync($"{fault} {round++}", 4);
                return gateway.Counters["gateway.cache.breaker{store}"] == Open;
            },
            "the breaker of writes opens");

        await gateway.FindsAsync(known);
        Assert.Equal(0, gateway.Counters["gateway.cache.breaker{lookup}"]);
        await redis.CommandAsync(end.Split(' '));
        await gateway.WorksAsync();
        Assert.True(gateway.Said.Length <= 4, string.Join('\n', gateway.Said));
    }

    [Theory]
    [InlineData(RedisKind.Redis)]
    [InlineData(RedisKind.Garnet)]
    public async Task Score_RedisFlushed_IsRightAndStoredAnew(RedisKind kind)
    {
        await using var redis = await SomeRedis.StartAsync(kind);
        await using var gateway = new CachingGateway(redis.Address);
        await gateway.WorksAsync("scores are shared");
        var texts = CachingGateway.Texts("flushed", 8);
        await Eventually.TrueAsync(async () => await gateway.AskAsync(texts) == texts.Length, "all are stored");

        await redis.CommandAsync("FLUSHALL");

        Assert.Equal(0, await gateway.AskAsync(texts));
        await Eventually.TrueAsync(async () => await gateway.AskAsync(texts) == texts.Length, "all are stored anew");
    }

    [Fact]
    public async Task Score_WrongPasswordUntilItIsCorrected_IsRightWithFewLinesAndRecovers()
    {
        SomeRedis.RequireRedis();
        await using var redis = await RedisServer.StartAsync("--requirepass", "the right one");
        await using var gateway = new CachingGateway($"{redis.Address},password=the wrong one");

        for (var round = 0; round < 5; round++)
        {
            await gateway.LoadAsync($"refused {round}", 8);
        }

        Assert.True(gateway.Said.Length <= 4, string.Join('\n', gateway.Said));
        Assert.DoesNotContain(gateway.Log.Lines, line => line.Contains("the wrong one", StringComparison.Ordinal));
        await redis.CommandAsync("ACL", "SETUSER", "default", ">the wrong one");
        await gateway.WorksAsync();
    }

    [Fact]
    public async Task Score_PrimaryDiesAndItsReplicaIsPromoted_IsRightAndShared()
    {
        SomeRedis.RequireRedis();
        await using var primary = await RedisServer.StartAsync();
        await using var replica = await RedisServer.StartAsync("--replicaof", "127.0.0.1", primary.Port.ToString(CultureInfo.InvariantCulture));
        await using var gateway = new CachingGateway($"{primary.Address},{replica.Address},configCheckSeconds=1");
        await gateway.WorksAsync("scores are shared");
        var known = CachingGateway.Texts("known", 4);
        await Eventually.TrueAsync(async () => await gateway.AskAsync(known) == known.Length, "these are stored");
        // WAIT would wait for the writes of its own connection alone, and it has made none.
        await Eventually.TrueAsync(
            async () => await replica.CommandAsync("DBSIZE") == await primary.CommandAsync("DBSIZE"), "the replica has every key");

        await primary.KillAsync();
        await gateway.LoadAsync("nobody leads");
        await replica.CommandAsync("REPLICAOF", "NO", "ONE");
        await gateway.WorksAsync();

        await gateway.FindsAsync(known);
        Assert.True(gateway.Said.Length <= 8, string.Join('\n', gateway.Said));
    }

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task Score_ValueInRedisIsNotTheKeys_IsAMissAndReplaced(string what, string signingKey, RedisKind kind)
    {
        await using var redis = await SomeRedis.StartAsync(kind);
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"{redis.Address},allowAdmin=true");
        var database = connection.GetDatabase();
        string[] texts = ["a value", "another"];
        var forgersKey = what switch { "no signature" => "", "another signature" => "a forger's own key", _ => signingKey };
        await using (var forger = new CachingGateway(redis.Address, ("SigningKey", forgersKey)))
        {
            await Eventually.TrueAsync(async () => await forger.AskAsync(texts) == 2, "both are stored");
        }

        var names = connection.GetServers()[0].Keys(pattern: "rg:s:*").ToArray();
        Assert.Equal(2, names.Length);
        byte[][] values = [(byte[])(await database.StringGetAsync(names[0]))!, (byte[])(await database.StringGetAsync(names[1]))!];
        for (var i = 0; i < names.Length; i++)
        {
            if (what == "another type")
            {
                await database.KeyDeleteAsync(names[i]);
                await database.ListRightPushAsync(names[i], values[i]);
            }
            else
            {
                await database.StringSetAsync(names[i], Broken(what, values[i], values[1 - i]));
            }
        }

        await using var gateway = new CachingGateway(redis.Address, ("SigningKey", signingKey));
        await gateway.WorksAsync("scores are shared");
        var rejected = gateway.Counters["gateway.cache.rejected"];
        Assert.Equal(0, await gateway.AskAsync(texts));
        // MGET gives nothing for a key of another type: that is a plain miss.
        Assert.Equal(what == "another type" ? 0 : 2, gateway.Counters["gateway.cache.rejected"] - rejected);
        await Eventually.TrueAsync(async () => await gateway.AskAsync(texts) == 2, "the real scores take their place");
    }

    private static byte[] Broken(string what, byte[] value, byte[] other)
    {
        switch (what)
        {
            case "garbage":
                return "garbage"u8.ToArray();
            case "empty":
                return [];
            case "torn":
                return value[..^3];
            case "copied from another key":
                return other;
            case "one bit":
                value[50] ^= 8;
                return value;
            case "another version":
                value[0]++;
                return value;
            default:
                return value;
        }
    }

    /// <summary>Flips a bit of the payload that a reply ends with, if it does.</summary>
    private static byte[] Corrupted(byte[] reply)
    {
        const int Payload = 72;
        var head = "$72\r\n"u8;
        if (reply.Length > Payload + 7 && reply.AsSpan(reply.Length - Payload - 2 - head.Length).StartsWith(head))
        {
            reply[^20] ^= 1;
        }

        return reply;
    }
}
