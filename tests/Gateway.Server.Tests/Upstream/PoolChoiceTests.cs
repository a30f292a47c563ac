using System.Text;
using Gateway.Core.Scoring;
using Gateway.Server.Upstream;

namespace Gateway.Server.Tests.Upstream;

/// <summary>The choice among destinations that are fit to be chosen.</summary>
public sealed class PoolChoiceTests
{
    private readonly DestinationChoice _choice = new(new Random(7));

    [Fact]
    public void Pick_NoPrefix_TakesTheLessLoadedOfTwo()
    {
        var chosen = new int[3];
        for (var call = 0; call < 3_000; call++)
        {
            chosen[_choice.Pick([At(0, 9), At(1, 0), At(2, 9)], PromptPrefix.None, 125)]++;
        }

        // The idle one is drawn in two of three pairs and wins them all.
        Assert.InRange(chosen[1], 1_850, 2_150);
        Assert.True(chosen[0] > 300 && chosen[2] > 300);
    }

    [Fact]
    public void Pick_Weights_ShareAccordingly()
    {
        var inFlight = new int[2];
        for (var call = 0; call < 4_000; call++)
        {
            inFlight[_choice.Pick([At(0, inFlight[0], 3), At(1, inFlight[1])], PromptPrefix.None, 125)]++;
        }

        Assert.InRange(inFlight[0], 2_950, 3_050);
    }

    [Fact]
    public void Pick_KnownPrompt_GoesWhereItIsHeld()
    {
        var prompt = Chain("system", "prompt");
        _choice.Remember(prompt, 2);

        for (var call = 0; call < 100; call++)
        {
            Assert.Equal(2, _choice.Pick([At(0, 0), At(1, 0), At(2, 5)], prompt, 125));
        }
    }

    [Fact]
    public void Pick_OtherPromptWithTheSameSystemPrompt_GoesWhereThatIsHeld()
    {
        _choice.Remember(Chain("system", "prompt"), 1);

        Assert.Equal(1, _choice.Pick([At(0, 0), At(1, 3), At(2, 0)], Chain("system", "another prompt"), 125));
    }

    [Fact]
    public void Pick_TheWholePromptHeldByOneAndItsBeginningByAnother_PrefersTheWhole()
    {
        _choice.Remember(Chain("system", "one"), 0);
        _choice.Remember(Chain("system", "two"), 1);

        Assert.Equal(1, _choice.Pick([At(0, 0), At(1, 7)], Chain("system", "two"), 125));
    }

    [Fact]
    public void Pick_HolderOverTheBound_IsPassedOver()
    {
        var prompt = Chain("system", "prompt");
        _choice.Remember(prompt, 0);

        // With this call the mean is 20.5, so that the bound is 26.
        Assert.Equal(0, _choice.Pick([At(0, 25), At(1, 15)], prompt, 125));
        Assert.Equal(1, _choice.Pick([At(0, 26), At(1, 14)], prompt, 125));
    }

    [Fact]
    public void Pick_UnknownPrefix_IsTheSameInEveryGateway()
    {
        var other = new DestinationChoice(new Random(99));
        Candidate[] candidates = [At(0, 0), At(1, 0), At(2, 0), At(3, 0)];
        var chosen = new int[4];
        for (var prompt = 0; prompt < 400; prompt++)
        {
            var pick = _choice.Pick(candidates, Chain($"system {prompt}", "p"), 125);
            Assert.Equal(pick, other.Pick(candidates, Chain($"system {prompt}", "p"), 125));
            chosen[pick]++;
        }

        Assert.All(chosen, count => Assert.InRange(count, 60, 140));
    }

    [Fact]
    public void Forget_ASlotsNewOwner_HoldsNothing()
    {
        var prompt = Chain("system", "prompt");
        _choice.Remember(prompt, 0);
        _choice.Forget(0);
        _choice.Remember(prompt, 1);

        Assert.Equal(1, _choice.Pick([At(0, 0), At(1, 1)], prompt, 125));
    }

    [Fact]
    public void Remember_MoreThanTheTableHolds_KeepsTheLatest()
    {
        for (var prompt = 0; prompt < 300_000; prompt++)
        {
            _choice.Remember(Chain($"prompt {prompt}"), prompt % 2);
        }

        var wrong = 0;
        for (var prompt = 299_000; prompt < 300_000; prompt++)
        {
            wrong += _choice.Pick([At(0, 0), At(1, 0)], Chain($"prompt {prompt}"), 125) == prompt % 2 ? 0 : 1;
        }

        Assert.InRange(wrong, 0, 10);
    }

    [Fact]
    public void PrefixOf_ResponsesToOnePrompt_AreEqualAndShareTheFirstTurn()
    {
        Message[] turns = [new("system", new Utf8Text("be brief")), new("user", new Utf8Text("why?"))];
        Message[] others = [new("system", new Utf8Text("be brief")), new("user", new Utf8Text("how?"))];
        var one = PromptPrefix.Of(new ItemBody.Conversation(turns, [new Utf8Text("a")]));
        var two = PromptPrefix.Of(new ItemBody.Conversation(turns, [new Utf8Text("b")]));
        var other = PromptPrefix.Of(new ItemBody.Conversation(others, [new Utf8Text("a")]));

        Assert.Equal(one, two);
        Assert.NotEqual(one, other);
        Assert.Equal((2, one[0]), (one.Count, other[0]));
        Assert.NotEqual(one[1], other[1]);
    }

    [Fact]
    public void PrefixOfText_SharedBeginning_SharesItsLinks()
    {
        var shared = new string('s', 1_100);
        var one = PromptPrefix.OfText(Encoding.UTF8.GetBytes(shared + new string('a', 5_000)));
        var two = PromptPrefix.OfText(Encoding.UTF8.GetBytes(shared + new string('b', 5_000)));

        Assert.Equal((3, one[0], one[1]), (two.Count, two[0], two[1]));
        Assert.NotEqual(one[2], two[2]);
        Assert.Equal(PromptPrefix.None, PromptPrefix.OfText("short"u8));
    }

    [Fact]
    public async Task Send_ResponsesToOnePrompt_MeetOnOneDestination()
    {
        await using var a = await ScriptedUpstream.StartAsync("a");
        await using var b = await ScriptedUpstream.StartAsync("b");
        await using var c = await ScriptedUpstream.StartAsync("c");
        await using var pool = TestPool.Start(ScriptedUpstream.Cluster("c", a, b, c));

        for (var prompt = 0; prompt < 10; prompt++)
        {
            var replies = new List<UpstreamReply>();
            for (var response = 0; response < 8; response++)
            {
                replies.Add(await pool.Pool.SendAsync(
                    new UpstreamCall { Cluster = "c", Path = "/", Prefix = Chain($"system {prompt}", "p") }, TestContext.Current.CancellationToken));
            }

            Assert.Single(replies.Select(reply => reply.Destination).Distinct());
        }

        Assert.All(new[] { a, b, c }, upstream => Assert.True(upstream.Seen.Count < 80));
    }

    [Fact]
    public async Task Send_AffinityOff_SpreadsThem()
    {
        await using var a = await ScriptedUpstream.StartAsync("a");
        await using var b = await ScriptedUpstream.StartAsync("b");
        await using var pool = TestPool.Start([.. ScriptedUpstream.Cluster("c", a, b), ("Gateway:Clusters:c:Affinity", "false")]);

        for (var response = 0; response < 64; response++)
        {
            await pool.Pool.SendAsync(new UpstreamCall { Cluster = "c", Path = "/", Prefix = Chain("system", "p") }, TestContext.Current.CancellationToken);
        }

        Assert.True(a.Seen.Count > 5 && b.Seen.Count > 5, $"{a.Seen.Count} and {b.Seen.Count}");
    }

    [Fact]
    public async Task Send_Priorities_UseTheLowerOnesOnlyWhileNoHigherIsHealthy()
    {
        await using var first = await ScriptedUpstream.StartAsync("first");
        await using var second = await ScriptedUpstream.StartAsync("second");
        await using var pool = TestPool.Start(
        [
            .. ScriptedUpstream.Cluster("c", first, second),
            ("Gateway:Clusters:c:Destinations:b:Priority", "1"), ("Gateway:Clusters:c:BreakerFailures", "1"), ("Gateway:Clusters:c:BreakerOpenMs", "50"),
        ]);
        await SendAsync("a");
        await first.StopAsync();
        await SendAsync("b");
        await first.StartAsync();

        await Eventually.TrueAsync(() => pool.Destinations[0].Breaker.Allows, "the first may be tried again");
        await SendAsync("a");

        async Task SendAsync(string destination)
        {
            for (var call = 0; call < 5; call++)
            {
                Assert.Equal(destination, (await pool.CallAsync()).Destination);
                if (destination == "b")
                {
                    return;
                }
            }
        }
    }

    private static Candidate At(int slot, int inFlight, int weight = 1) => new(slot, inFlight, weight, (ulong)slot * 7919);

    private static PromptPrefix Chain(params string[] parts) => parts.Aggregate(PromptPrefix.None, (chain, part) => chain.Then(Encoding.UTF8.GetBytes(part)));
}
