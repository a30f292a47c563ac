using System.Text;

namespace Gateway.Server.Tests;

public sealed class LargeBodyTests : IAsyncDisposable
{
    private const int Megabytes = 1_000_000;

    private readonly ScriptedModel _model = new();
    private TestGateway? _gateway;

    private TestGateway Gateway => _gateway ??= TestGateway.With(_model);

    public ValueTask DisposeAsync() => _gateway?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Post_OneResponseOf60Megabytes_IsScored()
    {
        using var content = Content(body =>
        {
            body.Append("{\"prompt\": \"p\", \"response\": \"").Append('x', 60 * Megabytes).Append("\"}");
        });

        var (status, reply, _) = await Gateway.SendAsync("/v1/score", content);

        Assert.Equal(200, status);
        Assert.Equal(60.0 * Megabytes, reply!["results"]![0]!["scores"]![0]!["score"]!.GetValue<double>());
        await RestAsync();
    }

    [Fact]
    public async Task Post_60MegabytesOfEscapes_IsScored()
    {
        using var content = Content(body =>
        {
            body.Append("{\"prompt\": \"p\", \"response\": \"").Insert(body.Length, "\\ud83d\\ude00", 5 * Megabytes).Append("\"}");
        });

        var (_, reply, _) = await Gateway.SendAsync("/v1/score", content);

        Assert.Equal(10.0 * Megabytes, reply!["results"]![0]!["scores"]![0]!["score"]!.GetValue<double>());
    }

    [Fact]
    public async Task Post_60MegabytesOfItemsUpToTheLimit_AreScoredInOrder()
    {
        const int Items = 16_384;
        const int Length = 60 * Megabytes / Items - 100;
        using var content = Content(body =>
        {
            body.Append("{\"items\": [");
            for (var i = 0; i < Items; i++)
            {
                body.Append(i == 0 ? "" : ",").Append("{\"prompt\": \"").Append(i).Append("\", \"responses\": [\"").Append('x', Length - (i % 100)).Append("\"]}");
            }

            body.Append("]}");
        });

        var (status, reply, _) = await Gateway.SendAsync("/v1/score", content);

        Assert.Equal(200, status);
        Assert.Equal(Enumerable.Range(0, Items).Select(i => (double)(Length - (i % 100))), reply!["results"]!.AsArray().Select(item => item!["scores"]![0]!["score"]!.GetValue<double>()));
        Assert.Equal(Items, _model.Scored);
        await RestAsync();
    }

    [Theory]
    [InlineData("/v1/score", "{\"items\": [", "{\"prompt\": \"p\", \"responses\": [\"x\"]}", "]}", "it holds 100000 items; at most 16384 a request (Gateway:Limits:ResponsesPerRequest)")]
    [InlineData("/v1/score", "{\"items\": [{\"prompt\": \"p\", \"responses\": [", "\"x\"", "]}]}", "it holds 100000 responses; at most 16384 a request (Gateway:Limits:ResponsesPerRequest)")]
    [InlineData("/v1/score", "{\"items\": [", "null", "]}", "it holds 100000 items; at most 16384 a request (Gateway:Limits:ResponsesPerRequest)")]
    [InlineData("/v1/score", "{\"response\": \"x\", \"messages\": [", "{\"role\": \"user\", \"content\": \"c\"}", "]}", "send 1 to 1024 messages (Gateway:Limits:MessagesPerItem)")]
    [InlineData("/get_reward", "{\"query\": [", "\"x\"", "]}", "100000 texts; at most 16384 a request (Gateway:Limits:ResponsesPerRequest)")]
    [InlineData("/classify", "{\"input\": [", "\"x\"", "]}", "100000 texts; at most 16384 a request (Gateway:Limits:ResponsesPerRequest)")]
    public async Task Post_100000Items_Is400NamingTheLimit(string route, string before, string item, string after, string why)
    {
        using var content = Content(body =>
        {
            body.Append(before).Append(item).Insert(body.Length, "," + item, 99_999).Append(after);
        });

        var (status, reply, response) = await Gateway.SendAsync(route, content);

        Assert.Equal(400, status);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains(why, text, StringComparison.Ordinal);
        Assert.True(text.Length < 20_000, $"{text.Length} characters of error");
        Assert.NotNull(reply);
        Assert.Equal(0, _model.Scored);
        await RestAsync();
    }

    [Fact]
    public async Task Post_MoreThan100Faults_ListsTheFirst100AndCountsAll()
    {
        using var content = Content(body =>
        {
            body.Append("{\"items\": [{\"prompt\": \"p\"}").Insert(body.Length, ",{\"prompt\": \"p\"}", 1_999).Append("]}");
        });

        var (_, reply, _) = await Gateway.SendAsync("/v1/score", content);

        Assert.Equal(100, reply!["errors"]!.AsArray().Count);
        Assert.Equal("$.items[0].responses: send at least one response (2000 faults).", reply["detail"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("/v1/score", 413)]
    [InlineData("/get_reward", 413)]
    [InlineData("/slime", 413)]
    [InlineData("/api/rewardanything_batch", 413)]
    [InlineData("/classify", 400)]
    public async Task Post_AnnouncedLengthOverTheLimit_IsRefusedUnread(string route, int status)
    {
        using var raw = await RawHttp.ConnectAsync(Gateway.Http.BaseAddress!);
        await raw.SendHeadAsync(route, 64L * 1024 * 1024 + 1);

        var reply = await raw.ReadReplyAsync();

        Assert.StartsWith($"HTTP/1.1 {status} ", reply, StringComparison.Ordinal);
        Assert.Contains("The body has more than 67108864 bytes; send less at a time, or raise Gateway:Limits:BodyBytes.", reply, StringComparison.Ordinal);
        await RestAsync();
    }

    [Theory]
    [InlineData("/v1/score", 413)]
    [InlineData("/classify", 400)]
    public async Task Post_ChunksOverTheLimit_AreRefused(string route, int status)
    {
        _gateway = TestGateway.With(_model, ("Gateway:Limits:BodyBytes", "20000"));
        using var raw = await RawHttp.ConnectAsync(Gateway.Http.BaseAddress!);
        await raw.SendHeadAsync(route, null);
        await raw.SendChunkAsync(new string(' ', 15_000));
        await raw.SendChunkAsync(new string(' ', 5_001));

        var reply = await raw.ReadReplyAsync();

        Assert.StartsWith($"HTTP/1.1 {status} ", reply, StringComparison.Ordinal);
        Assert.Contains("more than 20000 bytes", reply, StringComparison.Ordinal);
        await RestAsync();
    }

    [Theory]
    [InlineData(2_000, 2_000, 200)]
    [InlineData(2_000, 2_001, 413)]
    [InlineData(40_000, 40_000, 200)]
    [InlineData(40_000, 40_001, 413)]
    public async Task Post_BodyAtTheLimit_IsServedAndOneByteMoreIsNot(int limit, int length, int expected)
    {
        // A house that holds one body of the largest legal size.
        _gateway = TestGateway.With(_model, ("Gateway:Limits:BodyBytes", $"{limit}"), ("Gateway:Limits:BytesInFlight", $"{limit}"));
        using var content = new StringContent("""{"prompt": "p", "response": "x"}""".PadRight(length));
        using var chunked = new StreamContent(new MemoryStream(await content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/score") { Content = chunked };
        request.Headers.TransferEncodingChunked = true;

        using var reply = await Gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, (int)reply.StatusCode);
        await RestAsync();

        Assert.Equal(expected, (await Gateway.SendAsync("/v1/score", content)).Status);
    }

    private static ByteArrayContent Content(Action<StringBuilder> write)
    {
        var body = new StringBuilder();
        write(body);
        return new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToString()));
    }

    /// <summary>Every permit is given back and the next request is served.</summary>
    private async Task RestAsync()
    {
        await Eventually.TrueAsync(() => (Gateway.Admission.Items, Gateway.Admission.Bytes) == (0, 0), "all permits are free");
        Assert.Equal(200, (await Gateway.PostAsync("/v1/score", """{"prompt": "p", "response": "x"}""")).Status);
    }
}
