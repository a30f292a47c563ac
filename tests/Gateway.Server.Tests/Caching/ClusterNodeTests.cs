using Gateway.Server.Caching;

namespace Gateway.Server.Tests.Caching;

/// <summary>A real Redis Cluster of three nodes of which one is down or hangs: it costs its own scores and nobody else's.</summary>
public sealed class ClusterNodeTests
{
    private const int Count = 300;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Score_NodeDies_OnlyItsBreakerOpensAndTheOthersScoresAreFound(bool generations)
    {
        SomeRedis.RequireRedis();
        await using var cluster = await RedisCluster.StartAsync();
        await using var gateway = new CachingGateway(cluster.Addresses, ("LookupMs", 5_000));
        var texts = CachingGateway.Texts("known", Count);
        await StoredAsync(gateway, texts);
        var (dying, living) = Choose(gateway, cluster, generations);
        var alive = await ScoresOnAsync(living);

        await dying.KillAsync();
        await Eventually.TrueAsync(async () => await gateway.AskAsync(texts) == alive && IsLeftAlone(gateway, dying), "the dead node is left alone");

        // However often its scores are asked for, nobody else is blamed.
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(alive, await gateway.AskAsync(texts));
        }

        Assert.All(Others(gateway, dying), node => Assert.Equal((BreakerState.Closed, BreakerState.Closed), (node.Lookups.State, node.Writes.State)));
        Assert.Contains(gateway.Said, line => line.Contains($"Redis at {dying.Address} pause", StringComparison.Ordinal));
        await gateway.AskAsync(CachingGateway.Texts("new", Count));
        await Eventually.TrueAsync(async () => await ScoresOnAsync(living) > alive + (Count / 2), "new scores are written to the others");

        await dying.RestartAsync();
        await cluster.ReadyAsync();
        await StoredAsync(gateway, texts);
    }

    [Fact]
    public async Task Score_NodeHangs_OnlyItsLookupsPause()
    {
        SomeRedis.RequireRedis();
        await using var cluster = await RedisCluster.StartAsync();
        await using var gateway = new CachingGateway(cluster.Addresses, ("LookupMs", 500));
        var texts = CachingGateway.Texts("known", Count);
        await StoredAsync(gateway, texts);
        var (hanging, living) = Choose(gateway, cluster, generations: false);
        var alive = await ScoresOnAsync(living);

        await hanging.SuspendAsync();
        await Eventually.TrueAsync(async () => await gateway.AskAsync(texts) == alive && IsLeftAlone(gateway, hanging), "the hung node is left alone");
        Assert.All(Others(gateway, hanging), node => Assert.Equal(BreakerState.Closed, node.Lookups.State));
        await hanging.ResumeAsync();

        await StoredAsync(gateway, texts);
    }

    [Fact]
    public async Task Score_NodeHangs_WritesToTheOthersGoOn()
    {
        SomeRedis.RequireRedis();
        await using var cluster = await RedisCluster.StartAsync();
        // No breaker opens, so each batch for the hung node takes its whole deadline.
        await using var gateway = new CachingGateway(cluster.Addresses, ("LookupMs", 1), ("BreakerFailures", 10_000));
        await Eventually.TrueAsync(() => Nodes(gateway).All.Count == 3, "the nodes are known");
        var (hanging, living) = Choose(gateway, cluster, generations: false);
        await hanging.SuspendAsync();

        var stuck = gateway.Counters["gateway.cache.dropped"];
        var texts = CachingGateway.Texts("new", 3 * Count);
        for (var i = 0; i < texts.Length; i += 10)
        {
            await gateway.AskAsync(texts[i..(i + 10)]);
        }

        // Of 900 texts about 600 are theirs; one queue for all would be stuck behind the first batch for the hung one.
        await Eventually.TrueAsync(async () => await ScoresOnAsync(living) > texts.Length / 2, "the others have theirs");
        await Eventually.TrueAsync(() => gateway.Counters["gateway.cache.dropped"] > stuck, "what the hung node does not take is dropped");
        await hanging.ResumeAsync();
    }

    [Fact]
    public async Task Drop_NodeOfGenerationsIsAway_IsPendingHereAndToldLater()
    {
        SomeRedis.RequireRedis();
        await using var cluster = await RedisCluster.StartAsync();
        await using var gateway = new CachingGateway(cluster.Addresses, ("LookupMs", 5_000));
        var texts = CachingGateway.Texts("known", Count);
        await StoredAsync(gateway, texts);
        var (dying, _) = Choose(gateway, cluster, generations: true);

        await dying.KillAsync();
        var (status, reply, _) = await gateway.Gateway.PostAsync("/admin/cache/drop", """{"model": "scripted"}""");
        Assert.Equal((200, "pending"), (status, reply!["redis"]!.GetValue<string>()));
        Assert.All(await gateway.ScoresAsync("only", texts), score => Assert.Equal("failed", score!["status"]!.GetValue<string>()));

        await dying.RestartAsync();
        await cluster.ReadyAsync();
        await using var fresh = new CachingGateway(cluster.Addresses, ("LookupMs", 5_000));
        var dropped = reply["generation"]!.GetValue<long>();
        await Eventually.TrueAsync(
            () => fresh.Gateway.Services.GetRequiredService<Generations>().Of(new CacheScope(CacheScopeKind.Model, "scripted")) == dropped, "another replica hears of it");
        Assert.Equal(0, await fresh.AskAsync(texts[..10]));
    }

    [Fact]
    public async Task Score_GenerationsWereNeverHeard_NothingOfRedisIsBelieved()
    {
        SomeRedis.RequireRedis();
        await using var cluster = await RedisCluster.StartAsync();
        await using (var first = new CachingGateway(cluster.Addresses, ("LookupMs", 5_000)))
        {
            await StoredAsync(first, CachingGateway.Texts("known", Count));
            await Choose(first, cluster, generations: true).Chosen.KillAsync();
        }

        await using var fresh = new CachingGateway(cluster.Addresses, ("LookupMs", 5_000));
        await Eventually.TrueAsync(() => Nodes(fresh).All.Count == 3, "the nodes are known");

        Assert.Equal(0, await fresh.AskAsync(CachingGateway.Texts("known", Count)));
    }

    [Fact]
    public async Task Score_AsAnAclUserOfOnlyItsKeys_IsSharedThroughAllNodes()
    {
        SomeRedis.RequireRedis();
        await using var cluster = await RedisCluster.StartAsync();
        foreach (var node in cluster.Nodes)
        {
            await node.CommandAsync(
                "ACL", "SETUSER", "gateway", "on", ">s3cret", "resetkeys", "~rg:*", "resetchannels", "-@all", "+@read", "+@write", "+@connection", "+@transaction", "+@scripting", "+info", "+cluster");
        }

        await using var gateway = new CachingGateway($"{cluster.Addresses},user=gateway,password=s3cret", ("LookupMs", 5_000));
        var texts = CachingGateway.Texts("acl", Count);

        await Eventually.TrueAsync(async () => await gateway.AskAsync(texts) == texts.Length && Nodes(gateway).All.Count == 3, "all are stored and found");
    }

    [Fact]
    public async Task Nodes_SlotMoves_AreReadAnew()
    {
        SomeRedis.RequireRedis();
        await using var cluster = await RedisCluster.StartAsync();
        await using var gateway = new CachingGateway(cluster.Addresses, ("LookupMs", 5_000));
        await Eventually.TrueAsync(() => Nodes(gateway).All.Count == 3, "the nodes are known");
        var from = Choose(gateway, cluster, generations: true).Chosen;
        var to = cluster.Nodes.First(node => node != from);
        var slot = (await from.CommandAsync("CLUSTER", "KEYSLOT", "{g}")).Trim(':', '\r', '\n');
        var id = (await to.CommandAsync("CLUSTER", "MYID")).Split("\r\n")[1];
        await from.CommandAsync("FLUSHALL");
        foreach (var node in (RedisServer[])[to, from, .. cluster.Nodes])
        {
            await node.CommandAsync("CLUSTER", "SETSLOT", slot, "NODE", id);
        }

        await Eventually.TrueAsync(() => Nodes(gateway).OfGenerations.Name == to.Address, "the slot's new node is known");
        await gateway.WorksAsync();
        Assert.All(Nodes(gateway).All, node => Assert.Equal(BreakerState.Closed, node.Lookups.State));
    }

    private static RedisNodes Nodes(CachingGateway gateway) => gateway.Gateway.Services.GetRequiredService<RedisNodes>();

    private static bool IsLeftAlone(CachingGateway gateway, RedisServer server) =>
        Nodes(gateway).All.Single(node => node.Name == server.Address).Lookups.State != BreakerState.Closed;

    private static IEnumerable<RedisNode> Others(CachingGateway gateway, RedisServer server) => Nodes(gateway).All.Where(node => node.Name != server.Address);

    private static Task StoredAsync(CachingGateway gateway, string[] texts) =>
        Eventually.TrueAsync(async () => await gateway.AskAsync(texts) == texts.Length && Nodes(gateway).All.Count == 3, "all are stored");

    /// <summary>A node that has the generations, or one that has not, and the other two.</summary>
    private static (RedisServer Chosen, RedisServer[] Others) Choose(CachingGateway gateway, RedisCluster cluster, bool generations)
    {
        var chosen = cluster.Nodes.First(node => node.Address == Nodes(gateway).OfGenerations.Name == generations);
        return (chosen, [.. cluster.Nodes.Where(node => node != chosen)]);
    }

    private static async Task<int> ScoresOnAsync(RedisServer[] servers)
    {
        var keys = await Task.WhenAll(servers.Select(server => server.CommandAsync("KEYS", "rg:s:*")));
        return keys.Sum(reply => reply.Split("rg:s:").Length - 1);
    }
}
