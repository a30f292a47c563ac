using System.Text;
using Gateway.Server.Tests.Upstream;

namespace Gateway.Server.Tests.Proxy;

/// <summary>A gateway in its own process, since part of what it refuses is a switch of the process, in front of one engine.</summary>
public sealed class FrontedEngine : IAsyncLifetime
{
    private GatewayProcess? _gateway;

    internal ScriptedUpstream Engine { get; private set; } = null!;

    internal Uri Address { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Engine = await ScriptedUpstream.StartAsync();
        _gateway = GatewayProcess.Start("--Urls", "http://127.0.0.1:0", "--Gateway:Clusters:c:Destinations:a:Address", Engine.Address.ToString());
        Address = await _gateway.AddressAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            await _gateway.DisposeAsync();
        }

        await Engine.DisposeAsync();
    }
}

/// <summary>
/// Requests whose end two servers might see in different places, on a route that passes through and on one that scores: they are refused, their
/// connection ends, and nothing of them reaches the engine. Those that are odd but clear pass newly framed.
/// </summary>
public sealed class SmugglingTests(FrontedEngine fronted) : IClassFixture<FrontedEngine>
{
    private const string Passed = "/v1/completions";
    private const string Scored = "/v1/score";
    private const string Hidden = "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 29\r\n\r\n{\"model\":\"c\",\"prompt\":\"evil\"}";
    private const string Chunked = "Transfer-Encoding: chunked\r\n\r\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static TheoryData<string, string> Refused => new MatrixTheoryData<string, string>([Passed, Scored],
    [
        // Two lengths, or none that is one.
        "Content-Length: BODY\r\nContent-Length: 0\r\n\r\n",
        "Content-Length: 0\r\nContent-Length: BODY\r\n\r\n",
        "Content-Length: BODY\r\nContent-Length: BODY\r\n\r\n",
        "Content-Length: BODY, BODY\r\n\r\n",
        "Content-Length: -1\r\n\r\n",
        "Content-Length: 0x10\r\n\r\n",
        "Content-Length: 1 0\r\n\r\n",
        "Content-Length: 99999999999999999999\r\n\r\n",
        "Content-Length:\r\n\r\n",
        "Content-Length : BODY\r\n\r\n",
        // A length beside a coding, and codings that are hidden or unknown.
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding:\vchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding\r\n: chunked\r\n\r\n0\r\n\r\n",
        // Chunks whose size or end is not clear.
        Chunked + "5;a\n01234\r\n0\r\n\r\n",
        Chunked + "5;a=\r\r\n01234\r\n0\r\n\r\n",
        Chunked + "5\n01234\r\n0\r\n\r\n",
        Chunked + "5\r01234\r\n0\r\n\r\n",
        Chunked + "-5\r\n01234\r\n0\r\n\r\n",
        Chunked + "+5\r\n01234\r\n0\r\n\r\n",
        Chunked + "0x5\r\n01234\r\n0\r\n\r\n",
        Chunked + " 5\r\n01234\r\n0\r\n\r\n",
        Chunked + "5 \r\n01234\r\n0\r\n\r\n",
        Chunked + "g\r\n",
        Chunked + "\r\n",
        Chunked + "5\r\n01234x\r\n0\r\n\r\n",
        Chunked + "5\r\n012340\r\n\r\n",
        Chunked + "000000000000000000005\r\n01234\r\n0\r\n\r\n",
        Chunked + "ffffffffffffffff5\r\n01234\r\n0\r\n\r\n",
        Chunked + "fffffffff\r\n01234\r\n0\r\n\r\n",
        // Lines.
        "X-Folded: a\r\n b\r\nContent-Length: 0\r\n\r\n",
        "X-Folded: a\r\n\tContent-Length: 9\r\nContent-Length: 0\r\n\r\n",
        " Content-Length: 0\r\n\r\n",
        "X-Bare: a\nContent-Length: 0\r\n\r\n",
        "X-Bare: a\rContent-Length: 0\r\n\r\n",
        "X-Nul: a\0b\r\nContent-Length: 0\r\n\r\n",
        ": a\r\nContent-Length: 0\r\n\r\n",
        "no colon\r\nContent-Length: 0\r\n\r\n",
        "Host: other\r\nContent-Length: 0\r\n\r\n",
    ]);

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Post_NobodyCanSayWhereItEnds_IsRefusedAndItsConnectionEnds(string route, string rest)
    {
        var before = fronted.Engine.Seen.Count;

        var reply = await ExchangeAsync($"POST {route} HTTP/1.1\r\nHost: x\r\n{rest.Replace("BODY", $"{Hidden.Length}", StringComparison.Ordinal)}{Hidden}");

        Assert.Matches("^HTTP/1.1 4[0-9][0-9] ", reply);
        Assert.Equal(1, Replies(reply));
        Assert.Equal(before, fronted.Engine.Seen.Count);
    }

    [Theory]
    [InlineData(Passed)]
    [InlineData(Scored)]
    public async Task Post_LineFeedsAlone_IsRefused(string route)
    {
        var before = fronted.Engine.Seen.Count;

        var reply = await ExchangeAsync($"POST {route} HTTP/1.1\nHost: x\nContent-Length: 0\n\n{Hidden}");

        Assert.StartsWith("HTTP/1.1 400 ", reply, StringComparison.Ordinal);
        Assert.Equal((1, before), (Replies(reply), fronted.Engine.Seen.Count));
    }

    [Theory]
    [InlineData("POST {0} HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "4\\d\\d")]
    [InlineData("POST {0} HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "400")]
    [InlineData("POST http://other{0} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", "400")]
    [InlineData("POST {0} HTTP/9.9\r\nHost: x\r\nContent-Length: 0\r\n\r\n", "505")]
    [InlineData("POST {0}\r\nHost: x\r\nContent-Length: 0\r\n\r\n", "4\\d\\d|505")]
    [InlineData("POST  {0} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", "4\\d\\d")]
    [InlineData("POST {0} HTTP/1.1 \r\nHost: x\r\nContent-Length: 0\r\n\r\n", "4\\d\\d|505")]
    [InlineData("P(ST {0} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", "4\\d\\d")]
    public async Task Post_BadFirstLineOrHost_IsRefused(string head, string status)
    {
        foreach (var route in new[] { Passed, Scored })
        {
            var before = fronted.Engine.Seen.Count;

            var reply = await ExchangeAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, head, route) + Hidden);

            Assert.Matches($"^HTTP/1.1 ({status}) ", reply);
            Assert.Equal((1, before), (Replies(reply), fronted.Engine.Seen.Count));
        }
    }

    [Theory]
    [InlineData(1, 40_000, 431)]
    [InlineData(200, 10, 431)]
    [InlineData(0, 40_000, 414)]
    public async Task Post_TooMuchHead_IsRefused(int headers, int length, int status)
    {
        foreach (var route in new[] { Passed, Scored })
        {
            var before = fronted.Engine.Seen.Count;
            var head = new StringBuilder($"POST {route}{(headers == 0 ? "?" + new string('q', length) : "")} HTTP/1.1\r\nHost: x\r\n");
            for (var i = 0; i < headers; i++)
            {
                head.Append(System.Globalization.CultureInfo.InvariantCulture, $"X-{i}: ").Append('v', length).Append("\r\n");
            }

            var reply = await ExchangeAsync($"{head}Content-Length: 0\r\n\r\n{Hidden}");

            Assert.StartsWith($"HTTP/1.1 {status} ", reply, StringComparison.Ordinal);
            Assert.Equal((1, before), (Replies(reply), fronted.Engine.Seen.Count));
        }
    }

    [Theory]
    [InlineData("{\"model\":\"c\",\"a\":1}")]
    [InlineData("{\"model\":\"c\"}\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n")]
    public async Task Post_ChunksWithExtensionsAndTrailers_PassWithALengthInstead(string body)
    {
        var half = body.Length / 2;
        var request = $"POST /models/c{Passed} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{Chunked}{half:x};ext=\"1\"\r\n{body[..half]}\r\n{body.Length - half:X};x\r\n{body[half..]}\r\n"
            + "0;last\r\nContent-Length: 999\r\nX-Trailer: 1\r\n\r\n";

        var reply = await ExchangeAsync(request);

        Assert.StartsWith("HTTP/1.1 200 ", reply, StringComparison.Ordinal);
        var seen = fronted.Engine.Seen.Last();
        Assert.Equal((body, $"{body.Length}", false, false), (seen.Body, seen.Headers["Content-Length"], seen.Headers.ContainsKey("Transfer-Encoding"), seen.Headers.ContainsKey("X-Trailer")));
    }

    [Fact]
    public async Task Post_TwoRequestsOnOneConnection_AreTwo()
    {
        var before = fronted.Engine.Seen.Count;

        var reply = await ExchangeAsync(Hidden + Hidden.Replace("Host: x", "Host: x\r\nConnection: close", StringComparison.Ordinal));

        Assert.Equal((2, before + 2), (Replies(reply), fronted.Engine.Seen.Count));
    }

    private static int Replies(string reply) => reply.Split("HTTP/1.1 ").Length - 1;

    /// <summary>Sends bytes and reads until the gateway ends the connection.</summary>
    private async Task<string> ExchangeAsync(string request)
    {
        using var raw = await RawHttp.ConnectAsync(fronted.Address);
        try
        {
            await raw.SendAsync(request);
        }
        catch (IOException)
        {
            // It was refused before it was sent.
        }

        return await ReadAsync().WaitAsync(Patience, TestContext.Current.CancellationToken);

        async Task<string> ReadAsync()
        {
            var all = "";
            try
            {
                while (await raw.ReadAsync() is { Length: > 0 } part)
                {
                    all += part;
                }
            }
            catch (IOException)
            {
                // The rest of what was sent was not read.
            }

            return all;
        }
    }
}
