using System.Globalization;
using StackExchange.Redis;

namespace Gateway.Server.Tests.Caching;

/// <summary>Scores in a real Redis Cluster of three nodes.</summary>
public sealed class CacheClusterTests
{
    [Fact]
    public async Task Score_OnACluster_IsSharedThroughAllNodesAndOutlivesOneThatDies()
    {
        SomeRedis.RequireRedis();
        await using var cluster = await RedisCluster.StartAsync();
        await using var one = new CachingGateway(cluster.Addresses, ("LookupMs", 1_000));
        await using var other = new CachingGateway(cluster.Nodes[0].Address, ("LookupMs", 1_000));
        var texts = CachingGateway.Texts("cluster", 300);

        await Eventually.TrueAsync(async () => await one.AskAsync(texts) == texts.Length, "all are stored");
        await Eventually.TrueAsync(async () => await other.AskAsync(texts) == texts.Length, "another replica finds all, in one lookup");
        var perNode = await Task.WhenAll(cluster.Nodes.Select(async node => int.Parse((await node.CommandAsync("DBSIZE"))[1..], CultureInfo.InvariantCulture)));
        Assert.All(perNode, keys => Assert.InRange(keys, 1, texts.Length));

        await cluster.Nodes[2].KillAsync();
        await Eventually.TrueAsync(async () => await other.AskAsync(texts) is > 0 and < 300, "the other nodes' scores are found, the rest is scored");

        await cluster.Nodes[2].RestartAsync();
        await cluster.ReadyAsync();
        await Eventually.TrueAsync(async () => await one.AskAsync(texts) == texts.Length, "all are stored again");
    }

    [Fact]
    public async Task Texts_OnACluster_AreGeneratedOnce()
    {
        SomeRedis.RequireRedis();
        await using var cluster = await RedisCluster.StartAsync();
        await using var one = new TextReplica(cluster.Addresses);
        await using var other = new TextReplica(cluster.Addresses);

        var texts = await Task.WhenAll(Enumerable.Range(0, 120).Select(async i => (Prompt: i % 30, (await (i % 2 == 0 ? one : other).AskAsync($"{i % 30}")).Text)));

        Assert.Equal(30, one.Made + other.Made);
        Assert.All(texts.GroupBy(text => text.Prompt), same => Assert.Single(same.Select(text => text.Text).Distinct()));
        await using var connection = await ConnectionMultiplexer.ConnectAsync(cluster.Addresses);
        Assert.Equal(ServerType.Cluster, connection.GetServers()[0].ServerType);
    }
}
