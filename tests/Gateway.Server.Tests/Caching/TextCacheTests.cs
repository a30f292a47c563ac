using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Gateway.Core.Scoring;
using Gateway.Server.Caching;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests.Caching;

/// <summary>Generated texts with all well: who generates, who waits, what is kept and for how long.</summary>
public sealed class TextCacheTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetOrMake_64CallersWithoutRedis_MakesOnce()
    {
        await using var replica = new TextReplica(null);
        var gate = new TaskCompletionSource();
        replica.Make = async _ =>
        {
            await gate.Task;
            return "1. Is it true?";
        };

        var asking = replica.AskAsync("p", 64);
        Assert.Equal(64, replica.Counters["gateway.texts_asked"]);
        gate.SetResult();
        var texts = await asking;

        Assert.Equal(1, replica.Made);
        Assert.Single(texts, text => !text.FromCache);
        Assert.All(texts, text => Assert.Equal(("1. Is it true?", Digest("1. Is it true?")), (text.Text, text.Digest)));
        Assert.True((await replica.AskAsync("p")).FromCache);
        Assert.False((await replica.AskAsync("another")).FromCache);
        Assert.Empty(replica.Log.Lines);
    }

    [Fact]
    public async Task GetOrMake_CallersThatComeWhileARunEnds_NeverMakeItAgain()
    {
        const int Prompts = 3_000;
        await using var replica = new TextReplica(null);
        replica.Make = _ => Task.FromResult("text");
        using var together = new Barrier(4);

        await Task.WhenAll(Enumerable.Range(0, together.ParticipantCount).Select(_ => Task.Factory.StartNew(
            () =>
            {
                for (var prompt = 0; prompt < Prompts; prompt++)
                {
                    together.SignalAndWait(Cancellation);
                    replica.AskAsync($"{prompt}").GetAwaiter().GetResult();
                }
            },
            Cancellation,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        Assert.Equal(Prompts, replica.Made);
    }

    [Theory]
    [InlineData(RedisKind.Redis)]
    [InlineData(RedisKind.Garnet)]
    public async Task GetOrMake_TwoReplicasWith32CallersEach_MakesOnceForAll(RedisKind kind)
    {
        await using var redis = await SomeRedis.StartAsync(kind);
        await using var one = new TextReplica(redis.Address);
        await using var other = new TextReplica(redis.Address);
        var gate = new TaskCompletionSource();
        one.Make = other.Make = async _ =>
        {
            await gate.Task;
            return "text";
        };

        var asking = Task.WhenAll(one.AskAsync("p", 32), other.AskAsync("p", 32));
        await Eventually.TrueAsync(() => one.Made + other.Made == 1, "one of them generates");
        gate.SetResult();
        var texts = (await asking).SelectMany(texts => texts).ToArray();

        Assert.Equal(1, one.Made + other.Made);
        Assert.Equal(1, one.Counters["gateway.texts_made"] + other.Counters["gateway.texts_made"]);
        Assert.Single(texts, text => !text.FromCache);
        Assert.All(texts, text => Assert.Equal("text", text.Text));
    }

    [Fact]
    public async Task GetOrMake_ReplicaThatComesWhileAnotherGenerates_WaitsForItsText()
    {
        await using var redis = await SomeRedis.StartAsync(RedisKind.Redis);
        await using var one = new TextReplica(redis.Address);
        await using var other = new TextReplica(redis.Address);
        var gate = new TaskCompletionSource();
        one.Make = async _ =>
        {
            await gate.Task;
            return "text";
        };

        var generating = one.AskAsync("p");
        await Eventually.TrueAsync(() => one.Made == 1, "one generates");
        var waiting = other.AskAsync("p");
        await Eventually.TrueAsync(async () => await LeasesTriedAsync(redis) >= 3, "the other has tried to get its lease, twice");
        gate.SetResult();
        await generating;
        var text = await waiting;

        Assert.Equal(("text", true, 0), (text.Text, text.FromCache, other.Made));
        Assert.Equal(1, other.Counters["gateway.texts_made_elsewhere"]);
    }

    [Theory]
    [InlineData(RedisKind.Redis)]
    [InlineData(RedisKind.Garnet)]
    public async Task GetOrMake_ManyKeysFromThreeReplicas_AgreeOnEach(RedisKind kind)
    {
        await using var redis = await SomeRedis.StartAsync(kind);
        await using var one = new TextReplica(redis.Address);
        await using var two = new TextReplica(redis.Address);
        await using var three = new TextReplica(redis.Address);
        TextReplica[] replicas = [one, two, three];

        var texts = await Task.WhenAll(Enumerable.Range(0, 300).Select(async i => (Prompt: i % 50, (await replicas[i % 3].AskAsync($"{i % 50}")).Text)));

        Assert.True(replicas.Sum(replica => replica.Made) == 50, string.Join('\n', replicas.Select(replica => $"{replica.Counters}\n{string.Join('\n', replica.Log.Lines)}")));
        Assert.All(texts.GroupBy(text => text.Prompt), same => Assert.Single(same.Select(text => text.Text).Distinct()));
    }

    [Theory]
    [InlineData(RedisKind.Redis)]
    [InlineData(RedisKind.Garnet)]
    public async Task GetOrMake_ReplicaThatComesLater_ReadsItFromRedis(RedisKind kind)
    {
        await using var redis = await SomeRedis.StartAsync(kind);
        await using var first = new TextReplica(redis.Address, null, ("SigningKey", "sixteen letters!"));
        first.Make = _ => Task.FromResult("half \ud800 a pair");
        var made = await first.AskAsync("p");
        await ForgetHandoverAsync(redis, "p");

        await using var later = new TextReplica(redis.Address, null, ("SigningKey", "sixteen letters!"));
        var found = await later.AskAsync("p");

        Assert.Equal("half \ufffd a pair", made.Text);
        Assert.Equal((made.Text, made.Digest, true), (found.Text, found.Digest, found.FromCache));
        Assert.Equal((0, 1), (later.Made, later.Counters["gateway.texts_found_in_redis"]));
    }

    [Theory]
    [InlineData(RedisKind.Redis)]
    [InlineData(RedisKind.Garnet)]
    public async Task GetOrMake_GenerationFails_ReachesAllWhoWaitAndIsNotKept(RedisKind kind)
    {
        await using var redis = await SomeRedis.StartAsync(kind);
        await using var replica = new TextReplica(redis.Address, null, ("Texts:LeaseMs", 3_600_000));
        await using var other = new TextReplica(redis.Address, null, ("Texts:LeaseMs", 3_600_000));
        var gate = new TaskCompletionSource<string>();
        replica.Make = _ => gate.Task;

        var asking = Enumerable.Range(0, 10).Select(_ => replica.AskAsync("p")).ToArray();
        await Eventually.TrueAsync(() => replica.Made == 1, "it generates");
        gate.SetException(new InvalidDataException("The judge said nothing."));
        foreach (var asked in asking)
        {
            Assert.Equal("The judge said nothing.", (await Assert.ThrowsAsync<InvalidDataException>(() => asked)).Message);
        }

        // The lease is free again at once, for either.
        Assert.False((await other.AskAsync("p")).FromCache);
        Assert.True((await replica.AskAsync("p")).FromCache);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(RedisKind.Redis)]
    [InlineData(RedisKind.Garnet)]
    public async Task GetOrMake_CallersLeave_OnlyTheLastStopsIt(RedisKind? kind)
    {
        await using var redis = kind is null ? null : await SomeRedis.StartAsync(kind.Value);
        await using var replica = new TextReplica(redis?.Address, null, ("Texts:LeaseMs", 3_600_000));
        var gate = new TaskCompletionSource<string>();
        var stopped = new TaskCompletionSource();
        replica.Make = async running =>
        {
            try
            {
                return await gate.Task.WaitAsync(running);
            }
            catch (OperationCanceledException)
            {
                stopped.SetResult();
                throw;
            }
        };
        using var leaving = new CancellationTokenSource();
        using var alsoLeaving = new CancellationTokenSource();

        var first = replica.AskAsync("p", leaving.Token);
        await Eventually.TrueAsync(() => replica.Made == 1, "it generates");
        var second = replica.AskAsync("p", alsoLeaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.False(stopped.Task.IsCompleted);
        await alsoLeaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await stopped.Task.WaitAsync(Cancellation);

        gate.SetResult("text");
        Assert.Equal("text", (await replica.AskAsync("p")).Text);
        Assert.Equal(2, replica.Made);
    }

    [Fact]
    public async Task GetOrMake_WithoutRedisAfterItsTime_MakesAnew()
    {
        var clock = new FakeTimeProvider();
        await using var replica = new TextReplica(null, clock, ("Texts:TtlSeconds", 100), ("Texts:LocalSeconds", 1));

        await replica.AskAsync("p");
        clock.Advance(TimeSpan.FromSeconds(99));
        await replica.AskAsync("p");
        Assert.Equal(1, replica.Made);
        clock.Advance(TimeSpan.FromSeconds(2));
        await replica.AskAsync("p");

        Assert.Equal(2, replica.Made);
    }

    [Fact]
    public async Task GetOrMake_WithRedis_KeepsForItsTimeAndAsksAgainAfterLocalSeconds()
    {
        await using var redis = await SomeRedis.StartAsync(RedisKind.Garnet);
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var replica = new TextReplica(redis.Address, clock, ("Texts:TtlSeconds", 500), ("Texts:LocalSeconds", 100));

        await replica.AskAsync("p");
        clock.Advance(TimeSpan.FromSeconds(99));
        await replica.AskAsync("p");
        Assert.Equal(0, replica.Counters["gateway.texts_found_in_redis"]);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.True((await replica.AskAsync("p")).FromCache);

        Assert.Equal((1, 1), (replica.Made, replica.Counters["gateway.texts_found_in_redis"]));
        Assert.InRange(long.Parse((await redis.CommandAsync("PTTL", $"rg:text:{TextReplica.Key("p")}"))[1..]), 1, 500_000);
    }

    [Fact]
    public async Task GetOrMake_MoreThanLocalBytes_ForgetsSome()
    {
        await using var replica = new TextReplica(null, null, ("Texts:LocalBytes", 10_000));
        replica.Make = _ => Task.FromResult(new string('x', 3_000));

        for (var i = 0; i < 10; i++)
        {
            await replica.AskAsync($"{i}");
        }

        var known = 0;
        for (var i = 0; i < 10; i++)
        {
            known += (await replica.AskAsync($"{i}")).FromCache ? 1 : 0;
        }

        Assert.InRange(known, 1, 3);
    }

    [Fact]
    public async Task GetOrMake_LongerThanLargestBytes_IsKeptInTheProcessOnly()
    {
        await using var redis = await SomeRedis.StartAsync(RedisKind.Garnet);
        await using var replica = new TextReplica(redis.Address, null, ("Texts:LargestBytes", 100));
        await using var other = new TextReplica(redis.Address, null, ("Texts:LargestBytes", 100));
        replica.Make = other.Make = _ => Task.FromResult(new string('x', 101));

        Assert.False((await replica.AskAsync("p")).FromCache);
        Assert.True((await replica.AskAsync("p")).FromCache);
        Assert.False((await other.AskAsync("p")).FromCache);
        Assert.Equal("*0\r\n", await redis.CommandAsync("KEYS", "*"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(RedisKind.Redis)]
    [InlineData(RedisKind.Garnet)]
    public async Task GetOrMake_KeptTextThatCannotBeUsed_IsCountedAndMadeAnewOnce(RedisKind? kind)
    {
        await using var redis = kind is null ? null : await SomeRedis.StartAsync(kind.Value);
        await using var one = new TextReplica(redis?.Address);
        await using var other = new TextReplica(redis?.Address);
        one.Make = _ => Task.FromResult("old");
        await one.AskAsync("p");
        Assert.Equal("old", (await (redis is null ? one : other).AskAsync("p")).Text);

        one.Make = other.Make = _ => Task.FromResult("new");
        one.IsUsable = other.IsUsable = text => text == "new";
        var here = await one.AskAsync("p", 64);
        var there = redis is null ? [] : await other.AskAsync("p", 64);
        var again = await one.AskAsync("p");

        Assert.All([.. here, .. there], text => Assert.Equal("new", text.Text));
        Assert.Equal(("new", true), (again.Text, again.FromCache));
        Assert.Equal(2, one.Made + other.Made);
        Assert.Equal(redis is null ? 65 : 129, one.Counters["gateway.texts_rejected"] + other.Counters["gateway.texts_rejected"]);
    }

    [Fact]
    public async Task GetOrMake_NothingIsUsable_EndsWithWhatThereIs()
    {
        await using var replica = new TextReplica(null);
        replica.IsUsable = _ => false;

        await replica.AskAsync("p");
        var found = await replica.AskAsync("p");

        Assert.NotNull(found.Text);
        Assert.InRange(replica.Made, 1, 3);
    }

    [Fact]
    public void TextKey_PartsInOtherPlaces_IsAnotherKey()
    {
        TextKey[] keys =
        [
            Key("criteria", "1", "ab", "c"), Key("criteria", "1", "a", "bc"), Key("criteria", "1", "abc"), Key("criteria", "1ab", "c"),
            Key("rubric", "1", "ab", "c"), Key("criteria", "2", "ab", "c"), Key("criteria", "1", "ab", "c", ""),
        ];

        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(keys[0], Key("criteria", "1", "ab", "c"));

        static TextKey Key(string kind, string revision, params string[] parts) =>
            TextKey.Of(kind, revision, [.. parts.Select(part => new Utf8Text(part))]);
    }

    private static async Task<int> LeasesTriedAsync(SomeRedis redis)
    {
        var calls = Regex.Match(await redis.CommandAsync("INFO", "commandstats"), "cmdstat_set:calls=([0-9]+)");
        return calls.Success ? int.Parse(calls.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
    }

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static Task ForgetHandoverAsync(SomeRedis redis, string prompt) => redis.CommandAsync("DEL", $"rg:text-first:{{{TextReplica.Key(prompt)}}}");
}
