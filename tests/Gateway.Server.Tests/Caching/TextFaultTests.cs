using System.Globalization;
using StackExchange.Redis;

namespace Gateway.Server.Tests.Caching;

/// <summary>Generated texts while Redis, or a replica, is in trouble: a text is there all the same, and what is shared is the first.</summary>
public sealed class TextFaultTests
{
    private const string Signature = "sixteen letters!";

    [Theory]
    [InlineData(RedisKind.Redis)]
    [InlineData(RedisKind.Garnet)]
    public async Task GetOrMake_GeneratingReplicaIsCutOff_AnotherTakesOverAndItsTextIsEverybodys(RedisKind kind)
    {
        await using var redis = await SomeRedis.StartAsync(kind);
        await using var dying = new TextReplica(redis.Proxy.Address, null, ("Texts:LeaseMs", 300));
        await using var other = new TextReplica(redis.Address, null, ("Texts:LeaseMs", 300));
        var gate = new TaskCompletionSource<string>();
        dying.Make = _ => gate.Task;
        other.Make = _ => Task.FromResult("the other's");

        var late = dying.AskAsync("p");
        await Eventually.TrueAsync(() => dying.Made == 1, "it generates");
        redis.Proxy.Fault = Fault.Refuse;
        await Eventually.TrueAsync(() => dying.Counters["gateway.texts_redis_failures"] > 0, "it cannot renew its lease");
        Assert.Equal(("the other's", 1), ((await other.AskAsync("p")).Text, other.Made));

        // It was not dead after all: what it generated does not count any more.
        redis.Proxy.Fault = Fault.None;
        await ConnectedAsync(dying);
        gate.SetResult("too late");
        Assert.Equal("the other's", (await late).Text);
        await redis.CommandAsync("DEL", $"rg:text-first:{{{TextReplica.Key("p")}}}");
        await using var third = new TextReplica(redis.Address);
        Assert.Equal("the other's", (await third.AskAsync("p")).Text);
    }

    [Theory]
    [InlineData(RedisKind.Redis)]
    [InlineData(RedisKind.Garnet)]
    public async Task GetOrMake_LongerThanTheLease_RenewsIt(RedisKind kind)
    {
        await using var redis = await SomeRedis.StartAsync(kind);
        await using var slow = new TextReplica(redis.Address, null, ("Texts:LeaseMs", 3_000));
        await using var other = new TextReplica(redis.Address, null, ("Texts:LeaseMs", 3_000));
        var gate = new TaskCompletionSource<string>();
        slow.Make = _ => gate.Task;

        var asking = slow.AskAsync("p");
        await Eventually.TrueAsync(() => slow.Made == 1, "it generates");
        var waiting = other.AskAsync("p");
        var (last, renewed) = (0L, 0);
        await Eventually.TrueAsync(
            async () =>
            {
                var left = long.Parse((await redis.CommandAsync("PTTL", $"rg:text-lease:{{{TextReplica.Key("p")}}}"))[1..], CultureInfo.InvariantCulture);
                renewed += left > last ? 1 : 0;
                last = left;
                return renewed > 4;
            },
            "it is set and renewed four times, which takes longer than it lasts");
        gate.SetResult("slow");

        Assert.Equal(["slow", "slow"], (await Task.WhenAll(asking, waiting)).Select(text => text.Text));
        Assert.Equal(0, other.Made);
    }

    [Fact]
    public async Task GetOrMake_RedisDiesWhileOneGeneratesAndOneWaits_BothHaveATextAndLaterShareAgain()
    {
        SomeRedis.RequireRedis();
        await using var redis = await RedisServer.StartAsync();
        await using var one = new TextReplica(redis.Address);
        await using var other = new TextReplica(redis.Address);
        var gate = new TaskCompletionSource<string>();
        one.Make = _ => gate.Task;
        other.Make = _ => Task.FromResult("the other's");

        var asking = one.AskAsync("p");
        await Eventually.TrueAsync(() => one.Made == 1, "one generates");
        var waiting = other.AskAsync("p");
        await Eventually.TrueAsync(() => other.Counters["gateway.texts_asked"] == 1, "the other waits");
        await redis.KillAsync();
        Assert.Equal("the other's", (await waiting).Text);
        gate.SetResult("its own");
        Assert.Equal("its own", (await asking).Text);

        await redis.RestartAsync();
        one.Make = _ => Task.FromResult("shared");
        await ConnectedAsync(one);
        await ConnectedAsync(other);
        Assert.Equal("shared", (await one.AskAsync("q")).Text);
        Assert.Equal("shared", (await other.AskAsync("q")).Text);
        Assert.All([one, other], replica => AssertOneOutage(replica.Log));
    }

    [Fact]
    public async Task GetOrMake_RedisDownAtStart_MakesOncePerProcessAndSharesOnceItIsUp()
    {
        SomeRedis.RequireRedis();
        await using var redis = await RedisServer.StartAsync();
        await redis.KillAsync();
        await using var replica = new TextReplica(redis.Address);

        var texts = await replica.AskAsync("p", 64);
        Assert.Equal(1, replica.Made);
        Assert.Single(texts.Select(text => text.Text).Distinct());

        await redis.RestartAsync();
        await ConnectedAsync(replica);
        await replica.AskAsync("q");
        await using var other = new TextReplica(redis.Address);
        Assert.True((await other.AskAsync("q")).FromCache);
        AssertOneOutage(replica.Log);
    }

    [Fact]
    public async Task GetOrMake_RedisHangs_MakesAllTheSame()
    {
        await using var redis = await SomeRedis.StartAsync(RedisKind.Garnet);
        await using var replica = new TextReplica(redis.Proxy.Address, null, ("Texts:RedisMs", 200));
        await replica.AskAsync("before");

        foreach (var fault in (Fault[])[Fault.Blackhole, Fault.HoldReplies])
        {
            redis.Proxy.Fault = fault;
            var texts = await replica.AskAsync($"{fault}", 64);
            Assert.Single(texts.Select(text => text.Text).Distinct());
            redis.Proxy.Fault = Fault.None;
            await ConnectedAsync(replica);
        }

        Assert.DoesNotContain(replica.Log.Lines, line => line.Contains("Unexpected", StringComparison.Ordinal));
    }

    [Fact]
    public async Task GetOrMake_RedisKeepsFailing_IsLeftAloneUntilItsPauseIsOver()
    {
        await using var redis = await SomeRedis.StartAsync(RedisKind.Garnet);
        await using var patient = new TextReplica(redis.Proxy.Address, null, ("Texts:RedisMs", 100), ("BreakerFailures", 3), ("BreakerPauseMs", 600_000));
        await using var eager = new TextReplica(redis.Proxy.Address, null, ("Texts:RedisMs", 100), ("BreakerFailures", 3), ("BreakerPauseMs", 50));
        redis.Proxy.Fault = Fault.Blackhole;
        foreach (var replica in (TextReplica[])[patient, eager])
        {
            await replica.AskAsync("p");
            await replica.AskAsync("q");
            Assert.Single(replica.Log.Lines, line => line.Contains("Generated texts in Redis pause", StringComparison.Ordinal));
        }

        redis.Proxy.Fault = Fault.None;
        await ConnectedAsync(eager);

        // Redis answers, and who pauses does not ask it.
        var before = patient.Counters["gateway.texts_redis_failures"];
        await patient.AskAsync("r");
        Assert.True(patient.Counters["gateway.texts_redis_failures"] > before);
        Assert.StartsWith("$-1", await redis.CommandAsync("GET", $"rg:text-first:{{{TextReplica.Key("r")}}}"), StringComparison.Ordinal);
        AssertOneOutage(eager.Log);
    }

    [Theory]
    [InlineData("torn")]
    [InlineData("another key's")]
    [InlineData("one bit")]
    [InlineData("garbage")]
    [InlineData("empty")]
    [InlineData("unsigned")]
    [InlineData("another signature")]
    [InlineData("another version")]
    public async Task GetOrMake_ValueInRedisIsNotTheKeys_IsAMissAndCounted(string what)
    {
        await using var redis = await SomeRedis.StartAsync(RedisKind.Garnet);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.Address);
        var database = connection.GetDatabase();
        await using (var forger = new TextReplica(redis.Address, null, ("SigningKey", what switch { "unsigned" => "", "another signature" => "seventeen letters", _ => Signature })))
        {
            forger.Make = _ => Task.FromResult("forged");
            await forger.AskAsync("p");
            await forger.AskAsync("q");
        }

        foreach (var (name, isHash) in new[] { ($"rg:text:{TextReplica.Key("p")}", true), ($"rg:text-first:{{{TextReplica.Key("p")}}}", false) })
        {
            var other = name.Replace(TextReplica.Key("p").ToString(), TextReplica.Key("q").ToString(), StringComparison.Ordinal);
            var value = Broken(what, await ReadAsync(name, isHash), await ReadAsync(other, isHash));
            Assert.True(isHash ? !await database.HashSetAsync(name, "data", value) : await database.StringSetAsync(name, value));
        }

        await using var replica = new TextReplica(redis.Address, null, ("SigningKey", Signature));
        replica.Make = _ => Task.FromResult("real");
        Assert.Equal("real", (await replica.AskAsync("p")).Text);
        Assert.InRange(replica.Counters["gateway.texts_rejected"], 2, 3);

        // And the real one takes their place.
        await using var next = new TextReplica(redis.Address, null, ("SigningKey", Signature));
        Assert.Equal("real", (await next.AskAsync("p")).Text);
        Assert.Equal(0, next.Counters["gateway.texts_rejected"]);

        async Task<byte[]> ReadAsync(string name, bool isHash) => (isHash ? await database.HashGetAsync(name, "data") : await database.StringGetAsync(name))!;
    }

    private static byte[] Broken(string what, byte[] value, byte[] other)
    {
        switch (what)
        {
            case "torn":
                return value[..^5];
            case "another key's":
                return other;
            case "one bit":
                value[value.Length / 2] ^= 4;
                return value;
            case "another version":
                value[0] = 77;
                return value;
            case "garbage":
                return "garbage"u8.ToArray();
            case "empty":
                return [];
            default:
                return value;
        }
    }

    /// <summary>Waits until a replica reaches Redis again, by texts that nobody else asks for.</summary>
    private static async Task ConnectedAsync(TextReplica replica)
    {
        var made = replica.Make;
        replica.Make = _ => Task.FromResult("probe");
        await Eventually.TrueAsync(
            async () =>
            {
                var before = replica.Counters["gateway.texts_redis_failures"];
                await replica.AskAsync($"probe {Guid.NewGuid()}");
                return replica.Counters["gateway.texts_redis_failures"] == before;
            },
            "Redis answers again");
        replica.Make = made;
    }

    /// <summary>Redis was never said to be away twice in one outage; what failed a few times only was no outage.</summary>
    private static void AssertOneOutage(LogLines log)
    {
        string[] said = [.. log.Lines.Where(line => line.Contains("Generated texts in Redis", StringComparison.Ordinal)).Select(line => line.Contains(" pause", StringComparison.Ordinal) ? "pause" : "go on")];
        Assert.True(said is [] or ["pause", "go on"], string.Join('\n', log.Lines));
    }
}
