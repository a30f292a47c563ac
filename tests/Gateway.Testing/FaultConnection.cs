using System.Net;
using System.Net.Sockets;

namespace Gateway.Testing;

/// <summary>One connection through a <see cref="FaultProxy"/>.</summary>
internal sealed class FaultConnection(Socket client, FaultProxy proxy, bool resp)
{
    private readonly Lock _gate = new();
    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private FaultProxy.Stage? _cutting;
    private int _left;
    private byte[]? _kept;
    private int _outstanding;
    private bool _torn;
    private bool _closed;

    /// <summary>Passes bytes both ways until either side is done.</summary>
    public async Task RunAsync(IPEndPoint server)
    {
        try
        {
            client.NoDelay = true;
            await _server.ConnectAsync(server);
            var replies = PumpAsync(_server, client, SendRepliesAsync);
            var requests = PumpAsync(client, _server, SendRequestsAsync);
            if (!await await Task.WhenAny(requests, replies))
            {
                Reset();
            }

            await Task.WhenAll(requests, replies);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The server is down, so are we then; or a fault ended this connection before it began.
        }

        Reset();
    }

    /// <summary>Ends both sides at once, with a reset.</summary>
    public void Reset(bool onlyWhereTorn = false)
    {
        lock (_gate)
        {
            if (_closed || (onlyWhereTorn && !_torn))
            {
                return;
            }

            _closed = true;
        }

        Abort(client);
        Abort(_server);
    }

    private static void Abort(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other side was faster.
        }

        socket.Dispose();
    }

    /// <summary>True where the stream ended in order, false where the connection broke.</summary>
    private static async Task<bool> PumpAsync(Socket from, Socket to, Func<Socket, ReadOnlyMemory<byte>, RespFrames, Task<bool>> send)
    {
        var buffer = new byte[64 * 1024];
        var frames = new RespFrames();
        try
        {
            int read;
            var goesOn = true;
            while (goesOn && (read = await from.ReceiveAsync(buffer)) > 0)
            {
                goesOn = await send(to, buffer.AsMemory(0, read), frames);
            }

            to.Shutdown(SocketShutdown.Send);
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or FormatException)
        {
            return false;
        }
    }

    private async Task<bool> SendRequestsAsync(Socket to, ReadOnlyMemory<byte> bytes, RespFrames frames)
    {
        if (resp)
        {
            Interlocked.Add(ref _outstanding, frames.Take(bytes.Span).Count);
        }

        if (!IsSwallowed(bytes.Length))
        {
            await SendAllAsync(to, bytes);
        }

        return true;
    }

    private async Task<bool> SendRepliesAsync(Socket to, ReadOnlyMemory<byte> bytes, RespFrames frames)
    {
        var replies = resp ? frames.Take(bytes.Span) : [bytes.ToArray()];
        var stage = proxy.Current;
        while (stage.Fault is Fault.Wait wait && !await WaitAsync(wait, stage.Ended))
        {
            stage = proxy.Current;
        }

        foreach (var reply in replies)
        {
            if (!IsSwallowed(reply.Length) && !await SendReplyAsync(to, reply, proxy.Current))
            {
                return false;
            }

            Interlocked.Decrement(ref _outstanding);
        }

        return true;
    }

    private static async Task<bool> WaitAsync(Fault.Wait wait, CancellationToken ended)
    {
        try
        {
            await wait.Signal(ended);
            return true;
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>False where nothing may follow.</summary>
    private async Task<bool> SendReplyAsync(Socket to, byte[] reply, FaultProxy.Stage stage)
    {
        if (_kept is { } kept)
        {
            _kept = null;
            var (first, second) = kept[0] == reply[0] ? (reply, kept) : (kept, reply);
            await SendAllAsync(to, first);
            await SendAllAsync(to, second);
            return true;
        }

        switch (stage.Fault)
        {
            case Fault.Swap when resp && Volatile.Read(ref _outstanding) > 1:
                _kept = reply;
                break;
            case Fault.Cut cut:
                return await SendUntilCutAsync(to, reply, stage, cut.Bytes);
            case Fault.Replace replace:
                await SendAllAsync(to, replace.Rewritten(reply));
                break;
            default:
                await SendAllAsync(to, reply);
                break;
        }

        return true;
    }

    private async Task<bool> SendUntilCutAsync(Socket to, byte[] reply, FaultProxy.Stage stage, int bytes)
    {
        if (!ReferenceEquals(_cutting, stage))
        {
            (_cutting, _left) = (stage, bytes);
        }

        var passed = Math.Min(_left, reply.Length);
        _left -= passed;
        await SendAllAsync(to, reply.AsMemory(0, passed));
        return passed == reply.Length;
    }

    private bool IsSwallowed(int bytes)
    {
        lock (_gate)
        {
            // Under the lock, so that the end of this fault sees the tear and resets the connection.
            _torn |= proxy.Current.Fault is Fault.Swallow;
        }

        if (_torn)
        {
            proxy.Swallow(bytes);
        }

        return _torn;
    }

    private static async Task SendAllAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await to.SendAsync(bytes)..];
        }
    }
}
