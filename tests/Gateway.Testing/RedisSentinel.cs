using System.Globalization;

namespace Gateway.Testing;

/// <summary>A primary, its replica, and one Sentinel that puts the replica in the primary's place when that is gone for half a second.</summary>
public sealed class RedisSentinel : IAsyncDisposable
{
    /// <summary>The name under which the Sentinel knows the primary.</summary>
    public const string ServiceName = "scores";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private RedisSentinel(RedisServer primary, RedisServer replica, RedisServer sentinel) => (Primary, Replica, Sentinel) = (primary, replica, sentinel);

    /// <summary>The primary at the start.</summary>
    public RedisServer Primary { get; }

    /// <summary>Its replica at the start.</summary>
    public RedisServer Replica { get; }

    /// <summary>The Sentinel, which clients are pointed at.</summary>
    public RedisServer Sentinel { get; }

    /// <summary>Starts all three; ready for a fail-over when returned.</summary>
    public static async Task<RedisSentinel> StartAsync()
    {
        var started = new Stack<RedisServer>();
        try
        {
            started.Push(await RedisServer.StartAsync());
            var primary = started.Peek();
            var port = primary.Port.ToString(CultureInfo.InvariantCulture);
            started.Push(await RedisServer.StartAsync("--replicaof", "127.0.0.1", port));
            var replica = started.Peek();
            started.Push(await RedisServer.StartSentinelAsync());
            var sentinel = started.Peek();
            await sentinel.CommandAsync("SENTINEL", "MONITOR", ServiceName, "127.0.0.1", port, "1");
            await sentinel.CommandAsync("SENTINEL", "SET", ServiceName, "down-after-milliseconds", "500");
            await sentinel.CommandAsync("SENTINEL", "SET", ServiceName, "failover-timeout", "5000");
            while (!(await sentinel.CommandAsync("SENTINEL", "REPLICAS", ServiceName)).Contains("master-link-status\r\n$2\r\nok", StringComparison.Ordinal))
            {
                await Task.Delay(Pause, TimeProvider.System, TestContext.Current.CancellationToken);
            }

            return new RedisSentinel(primary, replica, sentinel);
        }
        catch
        {
            foreach (var server in started)
            {
                await server.DisposeAsync();
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Sentinel.DisposeAsync();
        await Replica.DisposeAsync();
        await Primary.DisposeAsync();
    }
}
