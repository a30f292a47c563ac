using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gateway.Testing;

/// <summary>One bare connection to a Redis, for what a test does to the server behind the gateway's back.</summary>
public sealed class RespClient : IDisposable
{
    private readonly Socket _socket;
    private readonly RespFrames _frames = new();
    private readonly Queue<byte[]> _replies = new();

    private RespClient(Socket socket) => _socket = socket;

    /// <summary>Connects to a loopback port and authenticates where a password is given.</summary>
    public static async Task<RespClient> ConnectAsync(int port, string? password, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var client = new RespClient(socket);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellation);
            if (password is not null)
            {
                await client.CommandAsync(["AUTH", password], cancellation);
            }

            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Sends a command (Latin-1) and gives its reply as it came, type and all.</summary>
    /// <exception cref="IOException">The server closed the connection.</exception>
    /// <exception cref="InvalidOperationException">The server answered with an error.</exception>
    public async Task<string> CommandAsync(IReadOnlyList<string> words, CancellationToken cancellation)
    {
        var command = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"*{words.Count}\r\n"));
        foreach (var word in words)
        {
            command.Append(CultureInfo.InvariantCulture, $"${word.Length}\r\n{word}\r\n");
        }

        await _socket.SendAsync(Encoding.Latin1.GetBytes(command.ToString()), cancellation);
        var reply = Encoding.Latin1.GetString(await ReadAsync(cancellation));
        return reply[0] == '-' ? throw new InvalidOperationException($"{words[0]}: {reply.Trim()}") : reply;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private async Task<byte[]> ReadAsync(CancellationToken cancellation)
    {
        var buffer = new byte[64 * 1024];
        while (_replies.Count == 0)
        {
            var read = await _socket.ReceiveAsync(buffer, cancellation);
            if (read == 0)
            {
                throw new IOException("The server closed the connection.");
            }

            foreach (var frame in _frames.Take(buffer.AsSpan(0, read)))
            {
                _replies.Enqueue(frame);
            }
        }

        return _replies.Dequeue();
    }
}
