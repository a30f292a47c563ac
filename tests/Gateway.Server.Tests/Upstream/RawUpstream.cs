using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gateway.Server.Tests.Upstream;

/// <summary>A bare listening socket for answers that no HTTP server would send; each connection is given to a delegate.</summary>
internal sealed class RawUpstream : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<RawConnection, Task> _handle;
    private readonly Task _loop;
    private int _connections;

    private RawUpstream(Func<RawConnection, Task> handle)
    {
        _handle = handle;
        _listener.Start();
        Address = new Uri($"http://{_listener.LocalEndpoint}");
        _loop = LoopAsync();
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Connections so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Listens, and gives every connection to this delegate.</summary>
    public static RawUpstream Start(Func<RawConnection, Task> handle) => new(handle);

    /// <summary>Reads each request's head and body and answers with these bytes; the connection stays open.</summary>
    public static RawUpstream Answering(string reply) => Start(async connection =>
    {
        while (await connection.ReadRequestAsync())
        {
            await connection.WriteAsync(reply);
        }
    });

    public async ValueTask DisposeAsync()
    {
        // The loop first: it may be about to accept, which a listener that is gone refuses.
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
                open.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
                Interlocked.Increment(ref _connections);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var connection = new RawConnection(client, _stop.Token);
        try
        {
            await _handle(connection);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The caller or the test has left.
        }
    }
}

/// <summary>One connection of a <see cref="RawUpstream"/>.</summary>
internal sealed class RawConnection(TcpClient client, CancellationToken stop) : IDisposable
{
    /// <summary>Reads one request with its body by Content-Length; false at the connection's end.</summary>
    public async Task<bool> ReadRequestAsync()
    {
        var buffer = new byte[64 * 1024];
        var text = "";
        while (!IsComplete(text))
        {
            var read = await client.GetStream().ReadAsync(buffer, stop);
            if (read == 0)
            {
                return false;
            }

            text += Encoding.Latin1.GetString(buffer, 0, read);
        }

        return true;
    }

    /// <summary>Writes text as it is.</summary>
    public Task WriteAsync(string text) => client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text), stop).AsTask();

    /// <summary>Waits until the test ends.</summary>
    public Task HangAsync() => Task.Delay(Timeout.InfiniteTimeSpan, stop);

    /// <summary>Leaves with a reset.</summary>
    public void Reset() => client.Client.Close(0);

    public void Dispose() => client.Dispose();

    private static bool IsComplete(string request)
    {
        var end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        const string Length = "Content-Length: ";
        var length = request.IndexOf(Length, StringComparison.OrdinalIgnoreCase);
        return end >= 0 && (length < 0 || length > end
            || request.Length - end - 4 >= int.Parse(request[(length + Length.Length)..request.IndexOf('\r', length)], System.Globalization.CultureInfo.InvariantCulture));
    }
}
