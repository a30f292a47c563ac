using System.Globalization;

namespace Gateway.Server.Tests.Caching;

/// <summary>The servers that tests run on.</summary>
public enum RedisKind
{
    /// <summary>The machine's <c>redis-server</c>.</summary>
    Redis,

    /// <summary>Garnet, in this process.</summary>
    Garnet,
}

/// <summary>A server of either kind behind a proxy that can fail; tests that need no more than the protocol run on both.</summary>
internal sealed class SomeRedis : IAsyncDisposable
{
    private readonly RedisServer? _redis;
    private readonly GarnetServerFixture? _garnet;

    private SomeRedis(RedisServer? redis, GarnetServerFixture? garnet)
    {
        _redis = redis;
        _garnet = garnet;
        Proxy = FaultProxy.ForRedis(Port);
    }

    /// <summary>The way to it that tests break.</summary>
    public FaultProxy Proxy { get; }

    /// <summary>The machine's server, which can be restarted; null for Garnet.</summary>
    public RedisServer? Server => _redis;

    /// <summary>Host and port as clients write them, past the proxy.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>The server's port, past the proxy.</summary>
    public int Port => _redis?.Port ?? _garnet!.Port;

    /// <summary>Starts an empty one; the test is skipped where the machine has none of that kind.</summary>
    public static async Task<SomeRedis> StartAsync(RedisKind kind)
    {
        if (kind == RedisKind.Garnet)
        {
            return new SomeRedis(null, GarnetServerFixture.Start());
        }

        RequireRedis();
        return new SomeRedis(await RedisServer.StartAsync(), null);
    }

    /// <summary>Skips the test where the machine has no redis-server.</summary>
    public static void RequireRedis() =>
        Assert.SkipUnless(RedisServer.IsInstalled, "This machine has no redis-server; on Debian, apt-get install redis-server.");

    /// <summary>Runs one command past the proxy and gives the reply as it came, type and all.</summary>
    public async Task<string> CommandAsync(params string[] words)
    {
        using var client = await RespClient.ConnectAsync(Port, null, TestContext.Current.CancellationToken);
        return await client.CommandAsync(words, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        _garnet?.Dispose();
        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }
    }
}
