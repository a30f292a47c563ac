using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections.Features;

namespace Gateway.Server.Tests.Upstream;

/// <summary>
/// What a machine without power does: from now on its end of a connection drops every packet, so that nothing is acknowledged and nobody is told.
/// Done by a filter of the system's on the server's socket, which lets nothing pass; Linux only.
/// </summary>
internal static class Blackhole
{
    private const int SocketLevel = 1;
    private const int AttachFilter = 26;

    /// <summary>Swallows what arrives on a request's connection.</summary>
    public static void Swallow(HttpContext http) => Swallow(http.Features.Get<IConnectionSocketFeature>()!.Socket);

    /// <summary>Swallows what arrives on a connection.</summary>
    public static void Swallow(Socket server)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux drops packets by a socket's own filter.");
        // One instruction: keep no byte.
        var program = GCHandle.Alloc(new byte[] { 6, 0, 0, 0, 0, 0, 0, 0 }, GCHandleType.Pinned);
        try
        {
            server.SetRawSocketOption(SocketLevel, AttachFilter, [1, 0, 0, 0, 0, 0, 0, 0, .. BitConverter.GetBytes((long)program.AddrOfPinnedObject())]);
        }
        finally
        {
            program.Free();
        }
    }
}

/// <summary>Stands between a client and a server of HTTP and passes everything on, until it freezes: connections stay, and nothing passes any more.</summary>
internal sealed class FreezingRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _server;
    private readonly Task _loop;
    private volatile bool _frozen;

    private FreezingRelay(Uri server)
    {
        _server = server;
        _listener.Start();
        Address = new Uri($"http://{_listener.LocalEndpoint}");
        _loop = LoopAsync();
    }

    /// <summary>Where clients find it.</summary>
    public Uri Address { get; }

    /// <summary>Stands in front of a server.</summary>
    public static FreezingRelay To(Uri server) => new(server);

    /// <summary>Nothing passes any more.</summary>
    public void Freeze() => _frozen = true;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task LoopAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                open.Add(RelayAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var own = client;
        using var server = new TcpClient();
        await server.ConnectAsync(_server.Host, _server.Port, _stop.Token);
        await Task.WhenAny(PassAsync(client.GetStream(), server.GetStream()), PassAsync(server.GetStream(), client.GetStream()));
    }

    private async Task PassAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, _stop.Token) is var read and > 0)
            {
                if (!_frozen)
                {
                    await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // One side has left, or the test is over.
        }
    }
}
