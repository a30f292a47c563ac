using System.Net;
using System.Net.Sockets;

namespace Gateway.Testing;

/// <summary>Ports for servers of tests, below the range that the system gives to clients: a client that retries there cannot meet itself.</summary>
public static class FreePort
{
    private const int First = 12_000;
    private const int Last = 32_000;
    private const int Attempts = 200;

    /// <summary>Does something with ports until one of them is free; <paramref name="use"/> throws <see cref="SocketException"/> where it was taken.</summary>
    public static T Try<T>(Func<int, T> use)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return use(Random.Shared.Next(First, Last));
            }
            catch (SocketException) when (attempt < Attempts)
            {
                // Another test's; the next may be free.
            }
        }
    }

    /// <summary>A port that nobody listened on just now; whoever takes it retries, since another may be faster.</summary>
    public static int Find() => Try(port =>
    {
        using var listener = Listen(port);
        return port;
    });

    /// <summary>A loopback listener on this port.</summary>
    /// <exception cref="SocketException">The port is taken.</exception>
    public static Socket Listen(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(512);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }
}
