using System.Globalization;

namespace Gateway.Testing;

/// <summary>A Redis Cluster of three primaries, each with a third of the slots.</summary>
public sealed class RedisCluster : IAsyncDisposable
{
    private const int Slots = 16_384;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private RedisCluster(IReadOnlyList<RedisServer> nodes) => Nodes = nodes;

    /// <summary>The nodes.</summary>
    public IReadOnlyList<RedisServer> Nodes { get; }

    /// <summary>All nodes as clients write them.</summary>
    public string Addresses => string.Join(',', Nodes.Select(node => node.Address));

    /// <summary>Starts a cluster; ready when returned. While a node is away, the slots of the others are served.</summary>
    public static async Task<RedisCluster> StartAsync()
    {
        var nodes = new List<RedisServer>();
        var cluster = new RedisCluster(nodes);
        try
        {
            for (var i = 0; i < 3; i++)
            {
                nodes.Add(await RedisServer.StartAsync(
                    "--cluster-enabled", "yes", "--cluster-require-full-coverage", "no", "--cluster-node-timeout", "15000", "--cluster-config-file", "nodes.conf"));
                await nodes[i].CommandAsync("CLUSTER", "SET-CONFIG-EPOCH", Number(i + 1));
                await nodes[i].CommandAsync("CLUSTER", "ADDSLOTSRANGE", Number(Slots * i / 3), Number((Slots * (i + 1) / 3) - 1));
                await nodes[i].CommandAsync("CLUSTER", "MEET", "127.0.0.1", Number(nodes[0].Port), Number(nodes[0].BusPort));
            }

            await cluster.ReadyAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until every node knows all nodes and all slots.</summary>
    public async Task ReadyAsync()
    {
        foreach (var node in Nodes)
        {
            while (!IsWhole(await node.CommandAsync("CLUSTER", "INFO")))
            {
                await Task.Delay(Pause, TimeProvider.System, TestContext.Current.CancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            await node.DisposeAsync();
        }
    }

    private static bool IsWhole(string info) =>
        info.Contains("cluster_state:ok", StringComparison.Ordinal) && info.Contains("cluster_known_nodes:3", StringComparison.Ordinal)
        && info.Contains(string.Create(CultureInfo.InvariantCulture, $"cluster_slots_ok:{Slots}"), StringComparison.Ordinal);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
