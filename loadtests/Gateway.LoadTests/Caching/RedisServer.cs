using System.Net.Sockets;
using Gateway.LoadTests.Processes;

namespace Gateway.LoadTests.Caching;

/// <summary>A Redis server of this run's own: a free loopback port, a folder of its own, nothing written to disk.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;

    private RedisServer(ServerProcess process, DirectoryInfo folder)
    {
        Process = process;
        _folder = folder;
    }

    /// <summary>The process.</summary>
    public ServerProcess Process { get; }

    /// <summary>Starts it and waits until it answers.</summary>
    public static async Task<RedisServer> StartAsync(string program, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("gateway-loadtests-redis-");
        try
        {
            var process = await ServerProcess.StartAsync(
                "redis",
                root => [program, "--port", $"{root.Port}", "--bind", "127.0.0.1", "--dir", folder.FullName, "--save", "", "--appendonly", "no"],
                AnswersAsync,
                cancellation);
            return new RedisServer(process, folder);
        }
        catch
        {
            folder.Delete(recursive: true);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static async Task<bool> AnswersAsync(Uri root, CancellationToken cancellation)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(root.Host, root.Port, cancellation);
            await client.GetStream().WriteAsync("PING\r\n"u8.ToArray(), cancellation);
            var reply = new byte[64];
            return await client.GetStream().ReadAsync(reply, cancellation) > 0 && reply.AsSpan().StartsWith("+PONG"u8);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }
}
