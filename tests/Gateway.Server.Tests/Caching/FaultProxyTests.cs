using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests.Caching;

/// <summary>The proxy whose faults the other tests rely on, before a server that echoes RESP commands.</summary>
public sealed class FaultProxyTests : IAsyncLifetime
{
    private readonly Socket _listener = FreePort.Try(FreePort.Listen);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FaultProxy _proxy = null!;
    private int _served;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _proxy = FaultProxy.ForRedis(((IPEndPoint)_listener.LocalEndPoint!).Port);
        _ = AcceptAsync();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _listener.Dispose();
        await _ended.Task.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task None_ManyConnections_PassEverything()
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            using var client = await ConnectAsync();
            return await AskAsync(client, $"$3\r\n{i:000}\r\n", $"$5\r\n{i:00000}\r\n");
        }));

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"$3\r\n{i:000}\r\n$5\r\n{i:00000}\r\n"), replies);
        Assert.Equal(20, _proxy.Accepted);
    }

    [Fact]
    public async Task None_SeveralMegabytes_ArriveWhole()
    {
        using var client = await ConnectAsync();
        var large = $"${3_000_000}\r\n{new string('x', 3_000_000)}\r\n";

        Assert.Equal(large, await AskAsync(client, large));
    }

    [Fact]
    public async Task Delay_OnTheTestsClock_GivesNothingBefore()
    {
        var clock = new FakeTimeProvider();
        using var client = await ConnectAsync();
        _proxy.Fault = Fault.Delay(TimeSpan.FromSeconds(5), clock);

        var reply = AskAsync(client, "+one\r\n");
        clock.Advance(TimeSpan.FromSeconds(4));
        Assert.False(reply.IsCompleted);
        await Eventually.TrueAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                return reply.IsCompleted;
            },
            "the delay passes");

        Assert.Equal("+one\r\n", await reply);
    }

    [Fact]
    public async Task HoldReplies_UntilItEnds_ThenAllComeInOrder()
    {
        using var client = await ConnectAsync();
        _proxy.Fault = Fault.HoldReplies;

        var reply = AskAsync(client, "+one\r\n", "+two\r\n");
        await Eventually.TrueAsync(() => Volatile.Read(ref _served) == 2, "both requests reach the server");
        Assert.False(reply.IsCompleted);
        _proxy.Fault = Fault.None;

        Assert.Equal("+one\r\n+two\r\n", await reply);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(10)]
    public async Task CutAfter_SomeBytes_GivesThemAndEnds(int bytes)
    {
        using var client = await ConnectAsync();
        Assert.Equal("$3\r\nabc\r\n", await AskAsync(client, "$3\r\nabc\r\n"));
        _proxy.Fault = Fault.CutAfter(bytes);

        Assert.Equal("$3\r\nabc\r\n$3\r\ndef\r\n"[..bytes], await AskAsync(client, "$3\r\nabc\r\n", "$3\r\ndef\r\n"));

        _proxy.Fault = Fault.None;
        using var next = await ConnectAsync();
        Assert.Equal("+ok\r\n", await AskAsync(next, "+ok\r\n"));
    }

    [Fact]
    public async Task Blackhole_OpenAndNewConnections_GetNothingAndAreResetAtItsEnd()
    {
        using var open = await ConnectAsync();
        _proxy.Fault = Fault.Blackhole;
        using var late = await ConnectAsync();

        var replies = new[] { AskAsync(open, "+one\r\n"), AskAsync(late, "+two\r\n") };
        await Eventually.TrueAsync(() => _proxy.Swallowed == 12, "both requests vanish");
        Assert.DoesNotContain(replies, reply => reply.IsCompleted);
        _proxy.Fault = Fault.None;

        Assert.Equal(["", ""], await Task.WhenAll(replies));
        Assert.Equal(0, Volatile.Read(ref _served));
        using var next = await ConnectAsync();
        Assert.Equal("+ok\r\n", await AskAsync(next, "+ok\r\n"));
    }

    [Fact]
    public async Task Reset_OpenAndNewConnections_AreReset()
    {
        using var open = await ConnectAsync();
        Assert.Equal("+one\r\n", await AskAsync(open, "+one\r\n"));

        _proxy.Fault = Fault.Reset;

        Assert.Equal("", await AskAsync(open, "+two\r\n"));
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            // The reset may come while it still connects, or after.
            using var late = await ConnectAsync();
            await late.ReceiveAsync(new byte[1], Cancellation);
        });
        await Eventually.TrueAsync(() => _proxy.Open == 0, "no connection stays");
    }

    [Fact]
    public async Task Refuse_ThenNone_ListensOnTheSamePortAgain()
    {
        using var open = await ConnectAsync();
        for (var round = 0; round < 5; round++)
        {
            _proxy.Fault = Fault.Refuse;
            await Assert.ThrowsAsync<SocketException>(ConnectAsync);
            Assert.Equal("", await AskAsync(open, "+one\r\n"));

            _proxy.Fault = Fault.None;
            using var client = await ConnectAsync();
            Assert.Equal("+two\r\n", await AskAsync(client, "+two\r\n"));
        }
    }

    [Fact]
    public async Task SwapReplies_TwoOfOneType_ComeInTheOtherOrder()
    {
        using var client = await ConnectAsync();
        _proxy.Fault = Fault.SwapReplies;

        Assert.Equal("*1\r\n:2\r\n*1\r\n:1\r\n", await AskAsync(client, "*1\r\n:1\r\n", "*1\r\n:2\r\n"));
        Assert.Equal("+one\r\n:2\r\n", await AskAsync(client, "+one\r\n", ":2\r\n"));
        Assert.Equal("$1\r\nx\r\n", await AskAsync(client, "$1\r\nx\r\n"));
    }

    [Fact]
    public async Task Rewrite_OneByte_ChangesNothingElse()
    {
        using var client = await ConnectAsync();
        _proxy.Fault = Fault.Rewrite(reply =>
        {
            reply[^3] ^= 1;
            return reply;
        });

        Assert.Equal("$3\r\nabb\r\n$3\r\nabb\r\n", await AskAsync(client, "$3\r\nabc\r\n", "$3\r\nabc\r\n"));
    }

    [Fact]
    public async Task Fault_SwitchedUnderLoad_BreaksConnectionsButNeverMixesThem()
    {
        var switching = true;
        var clients = Enumerable.Range(0, 8).Select(async i =>
        {
            var whole = 0;
            for (var round = 0; Volatile.Read(ref switching) || whole == 0; round++)
            {
                try
                {
                    using var client = await ConnectAsync();
                    var sent = $"+{i}-{round}\r\n";
                    var reply = await AskAsync(client, sent);
                    Assert.StartsWith(reply, sent, StringComparison.Ordinal);
                    whole += reply == sent ? 1 : 0;
                }
                catch (SocketException)
                {
                    // Refused just now.
                    await Task.Yield();
                }
            }
        }).ToArray();

        for (var round = 0; round < 100; round++)
        {
            foreach (var fault in (Fault[])[Fault.Refuse, Fault.None, Fault.CutAfter(3), Fault.HoldReplies, Fault.Blackhole, Fault.None, Fault.Reset])
            {
                _proxy.Fault = fault;
                await Task.Yield();
            }
        }

        Volatile.Write(ref switching, false);
        _proxy.Fault = Fault.None;
        await Task.WhenAll(clients).WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        await Eventually.TrueAsync(() => _proxy.Open == 0, "no connection stays");
    }

    [Theory]
    [InlineData("+OK\r\n", 5)]
    [InlineData("$-1\r\n:1\r\n", 5)]
    [InlineData("*2\r\n$1\r\na\r\n*1\r\n$-1\r\n+", 20)]
    [InlineData("%1\r\n+a\r\n:1\r\n", 12)]
    [InlineData("|1\r\n+a\r\n:1\r\n_\r\n", 15)]
    [InlineData("*0\r\n", 4)]
    [InlineData("*2\r\n$1\r\na\r\n", null)]
    [InlineData("$3\r\nab", null)]
    [InlineData("", null)]
    public void LengthOf_RespOfManyTypes_IsTheFirstFrames(string bytes, int? length) =>
        Assert.Equal(length, RespFrames.LengthOf(Encoding.ASCII.GetBytes(bytes)));

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("*x\r\n")]
    public void LengthOf_NoResp_Throws(string bytes) => Assert.Throws<FormatException>(() => RespFrames.LengthOf(Encoding.ASCII.GetBytes(bytes)));

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _proxy.Port), Cancellation);
        return socket;
    }

    /// <summary>Sends frames and reads as much as they are long, or until the connection ends.</summary>
    private static async Task<string> AskAsync(Socket client, params string[] frames)
    {
        var sent = Encoding.ASCII.GetBytes(string.Concat(frames));
        var got = new byte[sent.Length];
        var length = 0;
        try
        {
            var sending = client.SendAsync(sent, Cancellation);
            int read;
            while (length < got.Length && (read = await client.ReceiveAsync(got.AsMemory(length), Cancellation)) > 0)
            {
                length += read;
            }

            await sending;
        }
        catch (SocketException)
        {
            // Reset.
        }

        return Encoding.ASCII.GetString(got, 0, length);
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(EchoAsync(await _listener.AcceptAsync()));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
            _ended.SetResult();
        }
    }

    private async Task EchoAsync(Socket client)
    {
        var buffer = new byte[64 * 1024];
        var frames = new RespFrames();
        using (client)
        {
            try
            {
                int read;
                while ((read = await client.ReceiveAsync(buffer)) > 0)
                {
                    foreach (var frame in frames.Take(buffer.AsSpan(0, read)))
                    {
                        Interlocked.Increment(ref _served);
                        await client.SendAsync(frame);
                    }
                }
            }
            catch (SocketException)
            {
                // The proxy reset it.
            }
        }
    }
}
