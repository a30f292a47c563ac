using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Server.Tests.Upstream;
using Gateway.Server.Wire;

namespace Gateway.Server.Tests;

/// <summary>One path, two meanings: a conversation for a reward model is scored, one for a cluster passes through untouched. Shapes are in Samples.</summary>
public sealed class ChatScoreTests
{
    private const string Chat = "/v1/chat/completions";
    private const string Judged = """{"model":"scripted","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"bbb"}]}""";

    private readonly ScriptedModel _model = new();

    [Fact]
    public async Task Post_BothKindsOfModel_EachGoesItsOwnWay()
    {
        await using var engine = await ScriptedUpstream.StartAsync("""{"engine":1}""");
        await using var gateway = TestGateway.With(
            _model, [.. ScriptedUpstream.Cluster("c", engine), ("Gateway:Proxy:DefaultCluster", "c"), ("Gateway:Models:scripted:Aliases:0", "org/rm")]);
        string[] passing =
        [
            """ {"messages" : [{"role":"user","content":"\u00e9"}], "model":"c","stream":true }""",
            """{"model":"c","messages":[{"role":"response_1","content":"x"}],"metadata":{"model":"scripted"}}""",
            """{"messages":"no model, and nothing a reward model could read"}""",
        ];

        foreach (var body in passing)
        {
            Assert.Equal("""{"engine":1}""", (await gateway.PostAsync(Chat, body)).Json!.ToJsonString());
        }

        Assert.Equal("reward:3.0", Content((await gateway.PostAsync(Chat, Judged)).Json));
        Assert.Equal("reward:3.0", Content((await gateway.PostAsync(Chat, Judged.Replace("scripted", "org/rm", StringComparison.Ordinal))).Json));
        Assert.Equal("reward:3.0", Content((await gateway.PostAsync("/models/scripted" + Chat, Judged.Replace("scripted", "c", StringComparison.Ordinal))).Json));
        Assert.Equal(1, (await gateway.PostAsync("/models/c" + Chat, Judged)).Json!["engine"]!.GetValue<int>());
        Assert.Equal([.. passing, Judged], engine.Seen.Select(seen => seen.Body));
        Assert.Equal(new SeenText("conversation", "user: a", "bbb"), Assert.Single(_model.Seen));
    }

    [Theory]
    [InlineData("/v1/completions")]
    [InlineData("/v1/embeddings")]
    [InlineData("/tokenize")]
    [InlineData("/generate")]
    public async Task Post_RewardModelOnAPathThatOnlyPassesThrough_Is400AndAsksItNothing(string path)
    {
        await using var gateway = TestGateway.With(_model);

        var (status, reply, _) = await gateway.PostAsync(path, Judged);

        Assert.Equal(400, status);
        Assert.Equal("'scripted' is a reward model of this gateway, which scores and writes no text; send it to /v1/score or /v1/chat/completions.", reply!["error"]!["message"]!.GetValue<string>());
        Assert.Empty(_model.Seen);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(70_000)]
    [InlineData(3_000_000)]
    [InlineData(20_000_000)]
    public async Task Post_ModelBeforeOrAfterALongText_IsScored(int length)
    {
        await using var gateway = TestGateway.With(_model, ("Gateway:Proxy:ScanBytes", "33554432"));
        var text = new string('x', length);

        var first = await gateway.PostAsync(Chat, $$"""{"model":"scripted","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"{{text}}"}]}""");
        var last = await gateway.PostAsync(Chat, $$"""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"{{text}}"}],"model":"scripted"}""");

        Assert.Equal($"reward:{length}.0", Content(first.Json));
        Assert.Equal($"reward:{length}.0", Content(last.Json));
    }

    [Fact]
    public async Task Post_BodyAtAndAboveTheLimit_IsScoredAndRefused()
    {
        await using var gateway = TestGateway.With(_model, ("Gateway:Limits:BodyBytes", "8192"));
        var frame = Judged.Replace("bbb", "", StringComparison.Ordinal).Length;

        var fits = await gateway.PostAsync(Chat, Judged.Replace("bbb", new string('b', 8192 - frame), StringComparison.Ordinal));
        var over = await gateway.PostAsync(Chat, Judged.Replace("bbb", new string('b', 8193 - frame), StringComparison.Ordinal));
        var named = await gateway.PostAsync("/models/scripted" + Chat, Judged.Replace("bbb", new string('b', 8193 - frame), StringComparison.Ordinal));

        Assert.Equal($"reward:{8192 - frame}.0", Content(fits.Json));
        Assert.All([over, named], reply =>
        {
            Assert.Equal((413, "input_too_long"), (reply.Status, reply.Json!["error"]!["code"]!.GetValue<string>()));
            Assert.Equal("The body has more than 8192 bytes; send less at a time, or raise Gateway:Limits:BodyBytes.", reply.Json!["error"]!["message"]!.GetValue<string>());
        });
        await Eventually.TrueAsync(() => (gateway.Admission.Items, gateway.Admission.Bytes) == (0, 0), "the request that was answered gives its places back");
    }

    [Fact]
    public async Task Post_ChunkedBody_IsScored()
    {
        await using var gateway = TestGateway.With(_model);
        using var content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(Judged)));
        content.Headers.ContentLength = null;
        using var request = new HttpRequestMessage(HttpMethod.Post, Chat) { Content = content };
        request.Headers.TransferEncodingChunked = true;

        using var response = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("reward:3.0", Content(JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))));
    }

    [Theory]
    [InlineData(Chat)]
    [InlineData("/models/scripted" + Chat)]
    [InlineData("/swift" + Chat)]
    public async Task Post_EncodedOrNotUtf8_Is400(string path)
    {
        await using var gateway = TestGateway.With(_model);
        using var encoded = new StringContent(Judged);
        encoded.Headers.ContentEncoding.Add("gzip");
        using var latin = new ByteArrayContent(Encoding.Latin1.GetBytes(Judged.Replace("bbb", "\u00e9", StringComparison.Ordinal)));

        Assert.Equal(400, (await gateway.SendAsync(path, encoded)).Status);
        Assert.Equal(400, (await gateway.SendAsync(path, latin)).Status);
        Assert.Empty(_model.Seen);
    }

    [Fact]
    public async Task Post_WholeConversation_ReachesTheModelAsByEveryOtherDialect()
    {
        await using var gateway = TestGateway.With(_model);

        await gateway.PostAsync(Chat, """{"model":"scripted","messages":[{"role":"system","content":"s"},{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"},{"role":"assistant","content":"d"}]}""");

        Assert.Equal(new SeenText("conversation", "system: s\nuser: a\nassistant: b\nuser: c", "d"), Assert.Single(_model.Seen));
    }

    [Fact]
    public async Task Post_ManyAtOnce_EachGetsItsOwn()
    {
        await using var gateway = TestGateway.With(_model);

        var replies = await Task.WhenAll(Enumerable.Range(1, 200).Select(i => gateway.PostAsync(
            i % 2 == 0 ? Chat : "/swift" + Chat, Judged.Replace("bbb", new string('b', i), StringComparison.Ordinal))));

        Assert.Equal(Enumerable.Range(1, 200).Select(i => i % 2 == 0 ? $"reward:{i}.0" : $"{i}.0"), replies.Select(reply => Content(reply.Json)));
    }

    [Fact]
    public async Task Post_ClientLeaves_FreesThePermitsAndTheNextIsServed()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var gateway = TestGateway.With(_model);
        _model.Before = cancellation =>
        {
            entered.TrySetResult();
            return Task.Delay(Timeout.Infinite, cancellation);
        };
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var content = new StringContent(Judged);
        var call = gateway.Http.PostAsync(Chat, content, leaving.Token);
        await entered.Task.WaitAsync(TestContext.Current.CancellationToken);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Eventually.TrueAsync(() => (gateway.Admission.Items, gateway.Admission.Bytes) == (0, 0), "all permits are free");
        _model.Before = _ => Task.CompletedTask;
        Assert.Equal("reward:3.0", Content((await gateway.PostAsync(Chat, Judged)).Json));
    }

    [Fact]
    public async Task Models_BelowAModelsPathAndForSwift_AreWhatItsClientsTakeTheFirstOf()
    {
        await using var engine = await ScriptedUpstream.StartAsync();
        await using var gateway = TestGateway.With(_model, [.. ScriptedUpstream.Cluster("a", engine), ("Gateway:Models:scripted:Aliases:0", "org/rm")]);

        Assert.Equal(["scripted", "a"], await IdsAsync(gateway, "/v1/models"));
        Assert.Equal(["scripted"], await IdsAsync(gateway, "/swift/v1/models"));
        Assert.Equal(["scripted"], await IdsAsync(gateway, "/models/scripted/v1/models"));
        Assert.Equal(["scripted"], await IdsAsync(gateway, "/models/org%2Frm/swift/v1/models"));
        Assert.Equal(["a"], await IdsAsync(gateway, "/models/a/v1/models"));
        using var unknown = await gateway.Http.GetAsync("/models/nobody/v1/models", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Theory]
    [InlineData(0, "0.0")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(5, "5.0")]
    [InlineData(-12.3, "-12.3")]
    [InlineData(0.30000000000000004, "0.30000000000000004")]
    [InlineData(1e-5, "0.00001")]
    [InlineData(-1.25e-7, "-0.000000125")]
    [InlineData(1.5e16, "15000000000000000.0")]
    [InlineData(-1.2345e20, "-123450000000000000000.0")]
    [InlineData(123456789012345680, "123456789012345680.0")]
    public void PlainNumber_Value_HasNoExponent(double value, string text) => Assert.Equal(text, PlainNumber.Of(value));

    [Fact]
    public void PlainNumber_AnyFiniteValue_ReadsBackAsTheSame()
    {
        var random = new Random(11);
        var values = Enumerable.Range(0, 20_000).Select(_ => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue))).Where(double.IsFinite)
            .Concat([double.Epsilon, double.MaxValue, double.MinValue, Math.PI, 1e15, 1e-4, 9.999999999999999e22]);

        Assert.All(values, value =>
        {
            var text = PlainNumber.Of(value);
            Assert.Matches(@"^-?\d+\.\d+$", text);
            Assert.Equal(value, double.Parse(text, CultureInfo.InvariantCulture));
        });
    }

    private static string Content(JsonNode? reply) => reply!["choices"]![0]!["message"]!["content"]!.GetValue<string>();

    private static async Task<string[]> IdsAsync(TestGateway gateway, string path)
    {
        using var list = JsonDocument.Parse(await gateway.Http.GetStringAsync(path, TestContext.Current.CancellationToken));
        return [.. list.RootElement.GetProperty("data").EnumerateArray().Select(card => card.GetProperty("id").GetString()!)];
    }
}
