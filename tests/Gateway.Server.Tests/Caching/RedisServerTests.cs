using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Gateway.Server.Tests.Caching;

/// <summary>The servers that other tests rely on.</summary>
public sealed class RedisServerTests
{
    [Theory]
    [InlineData(RedisKind.Redis)]
    [InlineData(RedisKind.Garnet)]
    public async Task Start_EitherKind_KeepsWhatItIsGiven(RedisKind kind)
    {
        await using var redis = await SomeRedis.StartAsync(kind);

        Assert.Equal("+OK\r\n", await redis.CommandAsync("SET", "key", "v\r\n1"));
        Assert.Equal("$4\r\nv\r\n1\r\n", await redis.CommandAsync("GET", "key"));
    }

    [Fact]
    public async Task Kill_ThenRestart_IsEmptyOnTheSamePort()
    {
        SomeRedis.RequireRedis();
        await using var redis = await RedisServer.StartAsync();
        await redis.CommandAsync("SET", "key", "1");
        var port = redis.Port;

        await redis.KillAsync();
        await Assert.ThrowsAsync<SocketException>(() => redis.CommandAsync("PING"));
        await redis.RestartAsync();

        Assert.Equal(port, redis.Port);
        Assert.Equal("$-1\r\n", await redis.CommandAsync("GET", "key"));
    }

    [Fact]
    public async Task Restart_WithAnAppendOnlyFile_KeepsWhatWasWritten()
    {
        SomeRedis.RequireRedis();
        await using var redis = await RedisServer.StartAsync("--appendonly", "yes", "--appendfsync", "always", "--requirepass", "s3cret");
        await redis.CommandAsync("SET", "key", "1");

        await redis.RestartAsync();

        Assert.Equal("$1\r\n1\r\n", await redis.CommandAsync("GET", "key"));
    }

    [Fact]
    public async Task Start_SettingThatIsNone_SaysWhatRedisSaid()
    {
        SomeRedis.RequireRedis();

        var refused = await Assert.ThrowsAsync<IOException>(() => RedisServer.StartAsync("--no-such-setting", "1"));

        Assert.Contains("no-such-setting", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispose_OfAServer_LeavesNoProcess()
    {
        SomeRedis.RequireRedis();
        int pid;
        await using (var redis = await RedisServer.StartAsync())
        {
            var info = await redis.CommandAsync("INFO", "server");
            pid = int.Parse(info.Split("process_id:")[1].Split('\r')[0], CultureInfo.InvariantCulture);
            using var running = Process.GetProcessById(pid);
            Assert.StartsWith("redis-server", running.ProcessName, StringComparison.Ordinal);
        }

        Assert.Throws<ArgumentException>(() => Process.GetProcessById(pid));
    }
}
