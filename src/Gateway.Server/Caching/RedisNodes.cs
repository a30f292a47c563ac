using System.Diagnostics.Metrics;
using System.Net;
using StackExchange.Redis;

namespace Gateway.Server.Caching;

/// <summary>
/// Which server has which scores: one has all, or in a Cluster the nodes share the hash tags as its own map says. The client library routes by itself;
/// this tells whom to blame when an answer does not come, and whom to leave alone.
/// </summary>
internal sealed class RedisNodes
{
    private readonly RedisConnection _connection;
    private readonly RedisHealth _health;
    private readonly CacheLayout _layout;
    private volatile Map _map;

    /// <summary>One server, until a look finds more.</summary>
    public RedisNodes(RedisConnection connection, RedisHealth health, CacheLayout layout, CacheMetrics metrics)
    {
        (_connection, _health, _layout) = (connection, health, layout);
        var only = health.Watch("");
        _map = new Map([.. Enumerable.Repeat(only, RedisKeys.AllTags)], [only], IsCluster: false);
        metrics.Meter.CreateObservableGauge(
            "gateway.cache.breaker", () => All.SelectMany(Measure), description: "Whether Redis is asked: 0 yes, 1 it is being tried, 2 no.");
    }

    /// <summary>True where keys of different tags must be asked for apart.</summary>
    public bool IsCluster => _map.IsCluster;

    /// <summary>All servers.</summary>
    public IReadOnlyList<RedisNode> All => _map.All;

    /// <summary>The server that has the generations.</summary>
    public RedisNode OfGenerations => _map.ByTag[RedisKeys.TagOfGenerations];

    /// <summary>The server that has the scores with a tag.</summary>
    public RedisNode Of(int tag) => _map.ByTag[tag];

    /// <summary>A key that a server has, for probes of it.</summary>
    public RedisKey ProbeOf(RedisNode node) => _layout.Keys.Probe(Math.Max(0, Array.IndexOf(_map.ByTag, node)));

    /// <summary>Takes the map that the client library connected with, where no other is known yet.</summary>
    public void Discover()
    {
        if (!IsCluster && _connection.ClusterServers.FirstOrDefault()?.ClusterConfiguration is { } cluster)
        {
            Take(cluster);
        }
    }

    /// <summary>Asks one of the nodes for the map; where it does not answer, the next time asks another.</summary>
    public async Task RefreshAsync()
    {
        IServer[] servers = [.. _connection.ClusterServers];
        if (servers.Length == 0)
        {
            return;
        }

        try
        {
            if (await _health.InSecondAsync(servers[Random.Shared.Next(servers.Length)].ClusterNodesAsync()) is { } cluster)
            {
                Take(cluster);
            }
        }
        catch (Exception)
        {
            // Whatever it is, the map stays as it was: the library routes by its own, and finds out where it is wrong.
        }
    }

    /// <summary>Servers that stay keep their breakers.</summary>
    private void Take(ClusterConfiguration cluster)
    {
        var before = _map;
        var known = before.All.ToDictionary(node => node.Name, StringComparer.Ordinal);
        var byTag = new RedisNode[RedisKeys.AllTags];
        for (var tag = 0; tag < byTag.Length; tag++)
        {
            var name = NameOf(cluster.GetBySlot(_layout.Keys.Probe(tag))?.EndPoint);
            if (!known.TryGetValue(name, out var node))
            {
                known[name] = node = _health.Watch(name);
            }

            byTag[tag] = node;
        }

        if (!before.IsCluster || !byTag.AsSpan().SequenceEqual(before.ByTag))
        {
            _map = new Map(byTag, [.. byTag.Distinct()], IsCluster: true);
        }
    }

    private static IEnumerable<Measurement<int>> Measure(RedisNode node)
    {
        KeyValuePair<string, object?>[] name = node.Name.Length == 0 ? [] : [new("node", node.Name)];
        yield return new Measurement<int>((int)node.Lookups.State, [new("operation", "lookup"), .. name]);
        yield return new Measurement<int>((int)node.Writes.State, [new("operation", "store"), .. name]);
    }

    // Slots that no node serves have one name of their own.
    private static string NameOf(EndPoint? address) => address switch
    {
        null => "nowhere",
        DnsEndPoint dns => $"{dns.Host}:{dns.Port}",
        _ => address.ToString() ?? "",
    };

    private sealed record Map(RedisNode[] ByTag, RedisNode[] All, bool IsCluster);
}
