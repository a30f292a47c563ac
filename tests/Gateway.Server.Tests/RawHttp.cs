using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Gateway.Server.Tests;

/// <summary>A bare socket to a gateway, for clients that leave or lie.</summary>
internal sealed class RawHttp : IDisposable
{
    private readonly TcpClient _client = new();
    private readonly string _host;

    private RawHttp(string host) => _host = host;

    /// <summary>A socket connected to the gateway.</summary>
    public static async Task<RawHttp> ConnectAsync(Uri address)
    {
        var raw = new RawHttp(address.Authority);
        await raw._client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        return raw;
    }

    /// <summary>Sends a POST's head that announces a body of this length, or a chunked one.</summary>
    public Task SendHeadAsync(string path, long? length) => SendAsync(string.Create(
        CultureInfo.InvariantCulture,
        $"POST {path} HTTP/1.1\r\nHost: {_host}\r\n{(length is null ? "Transfer-Encoding: chunked" : $"Content-Length: {length}")}\r\n\r\n"));

    /// <summary>Sends text as it is.</summary>
    public Task SendAsync(string text) => _client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken).AsTask();

    /// <summary>Sends one chunk of a chunked body.</summary>
    public Task SendChunkAsync(string text) => SendAsync($"{Encoding.UTF8.GetByteCount(text):x}\r\n{text}\r\n");

    /// <summary>Reads what comes next.</summary>
    public async Task<string> ReadAsync()
    {
        var buffer = new byte[1024];
        return Encoding.UTF8.GetString(buffer, 0, await _client.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken));
    }

    /// <summary>Reads until the body of one reply is complete.</summary>
    public async Task<string> ReadReplyAsync()
    {
        var buffer = new byte[64 * 1024];
        var text = "";
        while (!IsComplete(text))
        {
            var read = await _client.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken);
            if (read == 0)
            {
                return text;
            }

            text += Encoding.UTF8.GetString(buffer, 0, read);
        }

        return text;
    }

    /// <summary>Leaves with a reset, as a process that is killed does.</summary>
    public void Reset()
    {
        _client.LingerState = new LingerOption(true, 0);
        Dispose();
    }

    public void Dispose() => _client.Dispose();

    private static bool IsComplete(string reply)
    {
        var end = reply.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        const string Length = "Content-Length: ";
        var length = reply.IndexOf(Length, StringComparison.OrdinalIgnoreCase);
        return end >= 0 && length >= 0 && length < end
            && Encoding.UTF8.GetByteCount(reply.AsSpan(end + 4))
                >= int.Parse(reply[(length + Length.Length)..reply.IndexOf('\r', length)], CultureInfo.InvariantCulture);
    }
}
