using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gateway.Server.Upstream;

/// <summary>
/// Gives connections up whose other end is gone without a word: its machine lost its power, or something in between dropped them. Of what was sent
/// an acknowledgement is wanted, and while nothing is sent TCP's keep-alive asks for a sign, and in HTTP/2 a ping.
/// </summary>
internal static class DeadPeers
{
    // Linux's own; elsewhere what was sent is repeated as long as the system likes.
    private const int Tcp = 6;
    private const int UserTimeout = 18;

    /// <summary>Watches a client's connections: without a sign for this long they are given up, in HTTP/2 half as late again. Zero: they are not watched.</summary>
    public static void Watch(SocketsHttpHandler handler, TimeSpan within)
    {
        if (within == TimeSpan.Zero)
        {
            return;
        }

        // Idle connections are closed long before.
        handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests;
        handler.KeepAlivePingDelay = within / 2;
        handler.KeepAlivePingTimeout = within;
        handler.ConnectCallback = (context, cancellation) => ConnectAsync(context, within, cancellation);
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, TimeSpan within, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            Watch(socket, within);
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void Watch(Socket socket, TimeSpan within)
    {
        // Half of the time may pass in silence; in the other half it is asked for a sign up to three times.
        var seconds = (int)within.TotalSeconds;
        var silent = seconds / 2;
        var questions = Math.Min(3, seconds - silent);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, silent);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, (seconds - silent) / questions);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, questions);
        if (OperatingSystem.IsLinux())
        {
            var milliseconds = seconds * 1000;
            socket.SetRawSocketOption(Tcp, UserTimeout, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in milliseconds)));
        }
    }
}
