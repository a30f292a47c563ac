using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Gateway.Client;
using Gateway.Core.Aggregation;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;
using Gateway.Server.Wire;

namespace Gateway.Server.Tests;

/// <summary>The .NET client against a real gateway, and its contract against the server's.</summary>
public sealed class GatewayClientTests
{
    private const string Foreign502 = "HTTP 502 with JSON that is not a gateway's; is the base address a reward gateway's?";

    private readonly ScriptedModel _model = new() { Answer = ScriptedModel.FailWhereAsked };

    [Fact]
    public async Task ScoreAsync_EveryField_ReachesTheModelAndComesBack()
    {
        await using var gateway = TestGateway.With(_model);

        var reply = await new GatewayClient(gateway.Http).ScoreAsync(
            new ScoreCall
            {
                Model = "scripted",
                Items =
                [
                    new ScoreCallItem { Id = "a", Messages = [new ChatMessage("system", "s"), new ChatMessage("user", "u")], Responses = ["1", "22", "fail model_failed"] },
                    new ScoreCallItem { Prompt = "p", Responses = ["</s>"] },
                ],
                Options = new ScoreCallOptions { Hardening = "default", Cache = "refresh", Explain = true, TimeoutMs = 1_000 },
            },
            TestContext.Current.CancellationToken);

        Assert.Equal(("scripted", "scripted-1"), (reply.Model, reply.Revision));
        Assert.Equal("a", reply.Results[0].Id);
        Assert.Equal([1, 0], reply.Results[0].Ranking);
        Assert.Equal([1.0, 2.0, null], reply.Results[0].Scores.Select(score => score.Score));
        Assert.Equal(("failed", "model_failed"), (reply.Results[0].Scores[2].Status, reply.Results[0].Scores[2].Error!.Kind));
        Assert.Equal(new FindingReply("control-token", "medium", "neutralised", "response", 0, "control token </s> read as plain text"), Assert.Single(reply.Results[1].Scores[0].Findings, finding => finding.Rule == "control-token"));
        Assert.NotNull(reply.Results[1].Scores[0].TimingMs);
        Assert.Equal(new ScoreUsage(9, 0, 1), reply.Usage);
        Assert.Equal("system: s\nuser: u", _model.Seen.First().Prompt);
    }

    [Fact]
    public async Task ScoreAsync_ShortForm_IsScored()
    {
        await using var gateway = TestGateway.With(_model);

        var reply = await new GatewayClient(gateway.Http).ScoreAsync(
            new ScoreCall { Prompt = "p", Response = "é\uD800😀" }, TestContext.Current.CancellationToken);

        Assert.Equal(4.0, reply.Results.Single().Scores.Single().Score);
        Assert.Equal("é\uFFFD😀", _model.Seen.Single().Response);
    }

    [Fact]
    public async Task ScoreAsync_EveryResponseFailed_IsAReplyNotAnException()
    {
        await using var gateway = TestGateway.With(_model);

        var reply = await new GatewayClient(gateway.Http).ScoreAsync(
            new ScoreCall { Prompt = "p", Response = "fail input_too_long" }, TestContext.Current.CancellationToken);

        Assert.Equal("input_too_long", reply.Results.Single().Scores.Single().Error!.Kind);
    }

    [Fact]
    public async Task ScoreAsync_Refused_ThrowsWithTheProblem()
    {
        await using var gateway = TestGateway.With(_model);

        var fault = await Assert.ThrowsAsync<GatewayCallException>(() => new GatewayClient(gateway.Http).ScoreAsync(
            new ScoreCall { Items = [new ScoreCallItem { Prompt = "", Responses = [] }] }, TestContext.Current.CancellationToken));

        Assert.Equal((400, "invalid_request"), (fault.Status, fault.Problem!.Kind));
        Assert.Equal(["$.items[0].prompt", "$.items[0].responses"], fault.Problem.Errors!.Select(error => error.Path));
        Assert.Equal(fault.Problem.Detail, fault.Message);
    }

    [Fact]
    public async Task GetModelsAsync_Gateway_ListsItsModels()
    {
        await using var gateway = TestGateway.With(_model);

        var models = await new GatewayClient(gateway.Http).GetModelsAsync(TestContext.Current.CancellationToken);

        Assert.Equal(("scripted", true), (models.Data.Single().Id, models.Data.Single().IsDefault));
    }

    [Fact]
    public async Task ScoreAsync_NobodyListens_ThrowsHttpRequestException()
    {
        using var http = new HttpClient { BaseAddress = new Uri("http://127.0.0.1:1/") };

        await Assert.ThrowsAsync<HttpRequestException>(() => new GatewayClient(http).ScoreAsync(
            new ScoreCall { Prompt = "p", Response = "x" }, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(404, "text/html", "<h1>Not found</h1>", "HTTP 404 without problem details; is the base address a reward gateway's?")]
    [InlineData(200, "text/html", "<h1>Welcome</h1>", "HTTP 200 without problem details; is the base address a reward gateway's?")]
    [InlineData(502, null, "", "HTTP 502 without problem details; is the base address a reward gateway's?")]
    [InlineData(200, "application/json", "null", "The gateway answered null.")]
    [InlineData(502, "application/json", "{\"error\": \"bad gateway\"}", Foreign502)]
    [InlineData(502, "application/json", "{\"error\":", Foreign502)]
    [InlineData(502, "application/problem+json", "bad gateway", Foreign502)]
    [InlineData(502, "application/json", "{\"model\": \"m\", \"revision\": \"r\", \"results\": [{\"id\": \"a\"}], \"usage\": {}}", Foreign502)]
    [InlineData(502, "application/json", "{\"model\": \"m\", \"revision\": \"r\", \"results\": [null], \"usage\": {}}", Foreign502)]
    [InlineData(502, "application/json", "{\"results\": \"none\"}", Foreign502)]
    public async Task ScoreAsync_WrongServer_SaysSo(int status, string? type, string body, string message)
    {
        using var http = new HttpClient(new WrongServer(status, type, body)) { BaseAddress = new Uri("http://127.0.0.1/") };

        var fault = await Assert.ThrowsAsync<GatewayCallException>(() => new GatewayClient(http).ScoreAsync(
            new ScoreCall { Prompt = "p", Response = "x" }, TestContext.Current.CancellationToken));

        Assert.Equal((status, message), (fault.Status, fault.Message));
        Assert.Null(fault.Problem);
    }

    [Theory]
    [InlineData("{\"error\": \"bad gateway\"}")]
    [InlineData("{\"object\": \"list\", \"data\": [{\"id\": \"m\", \"object\": \"model\"}]}")]
    public async Task GetModelsAsync_WrongServer_SaysSo(string body)
    {
        using var http = new HttpClient(new WrongServer(502, "application/json", body)) { BaseAddress = new Uri("http://127.0.0.1/") };

        var fault = await Assert.ThrowsAsync<GatewayCallException>(() => new GatewayClient(http).GetModelsAsync(TestContext.Current.CancellationToken));

        Assert.Equal((502, Foreign502), (fault.Status, fault.Message));
    }

    [Theory]
    [InlineData("{\"error\": \"bad gateway\"}")]
    [InlineData("{\"model\": \"m\", \"revision\": \"r\", \"results\": [{\"status\": \"ok\"}], \"usage\": {}}")]
    public async Task GetCriteriaAsync_WrongServer_SaysSo(string body)
    {
        using var http = new HttpClient(new WrongServer(502, "application/json", body)) { BaseAddress = new Uri("http://127.0.0.1/") };

        var fault = await Assert.ThrowsAsync<GatewayCallException>(() => new GatewayClient(http).GetCriteriaAsync(new CriteriaCall { Prompt = "p" }, TestContext.Current.CancellationToken));

        Assert.Equal((502, Foreign502), (fault.Status, fault.Message));
    }

    [Theory]
    [InlineData("{\"error\": \"bad gateway\"}")]
    [InlineData("{\"principles\": [], \"faults\": null}")]
    [InlineData("{\"principles\": [null], \"faults\": []}")]
    [InlineData("{\"principles\": [{\"name\": \"n\"}], \"faults\": []}")]
    [InlineData("{\"name\": \"n\", \"text\": \"t\"}")]
    public async Task GetPrinciples_WrongServer_SaysSo(string body)
    {
        using var http = new HttpClient(new WrongServer(502, "application/json", body)) { BaseAddress = new Uri("http://127.0.0.1/") };
        var client = new GatewayClient(http);

        var list = await Assert.ThrowsAsync<GatewayCallException>(() => client.GetPrinciplesAsync(TestContext.Current.CancellationToken));
        var one = await Assert.ThrowsAsync<GatewayCallException>(() => client.GetPrincipleAsync("n", TestContext.Current.CancellationToken));

        Assert.Equal([(502, Foreign502), (502, Foreign502)], ((GatewayCallException[])[list, one]).Select(fault => (fault.Status, fault.Message)));
    }

    [Fact]
    public async Task ScoreAsync_Cancelled_Ends()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _model.Before = cancellation =>
        {
            entered.SetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
        };
        await using var gateway = TestGateway.With(_model);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var call = new GatewayClient(gateway.Http).ScoreAsync(new ScoreCall { Prompt = "p", Response = "x" }, stop.Token);
        await entered.Task.WaitAsync(TestContext.Current.CancellationToken);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Theory]
    [InlineData(typeof(ScoreCall), "{0}")]
    [InlineData(typeof(ScoreCallItem), """{{"items": [{0}]}}""")]
    [InlineData(typeof(ChatMessage), """{{"messages": [{0}]}}""")]
    [InlineData(typeof(ScoreCallOptions), """{{"options": {0}}}""")]
    [InlineData(typeof(CriteriaCall), "{0}")]
    [InlineData(typeof(CriteriaCallItem), """{{"items": [{0}]}}""")]
    [InlineData(typeof(CriteriaCallOptions), """{{"options": {0}}}""")]
    public void Contract_OfTheClientsCall_IsWhatTheServerReads(Type client, string place)
    {
        using var texts = new TextLease();
        var all = string.Join(", ", Fields(ClientJson, client).Select(field => $"\"{field}\": null"));

        Assert.NotNull(Read(all));
        Assert.Contains("unknown field", Assert.Throws<JsonException>(() => Read(all + ", \"other\": null")).Message, StringComparison.Ordinal);

        ScoreEnvelope? Read(string fields) =>
            ScoreEnvelopeReader.Read(Encoding.UTF8.GetBytes(string.Format(CultureInfo.InvariantCulture, place, $"{{{fields}}}")), texts, 16);
    }

    [Fact]
    public void Contract_OfTheServersReply_IsWhatTheClientReads()
    {
        var judgement = new Judgement(
            "words", [new ScoreComponent("right", 1, 2, "yes")], 3, 1, 0.75, 0.5, "digest", "static", "note", new JudgeUsage(2, 30, 4, 0.25));
        var undecided = new Undecided("why", judgement, 1, default);
        judgement = judgement with
        {
            Jury = new JuryReport(Welfare.Nash, 0.5, false,
            [
                new JurorScore(new Juror("a", "a"), undecided, null, false), new JurorScore(new Juror("b", "b"), ScoreResult.Failed(ErrorKind.TimedOut, "why"), null, false),
            ]),
        };
        Score score = new(1, 2, Truncated: false, new ScoreTimings()) { Steps = [1], Judgement = judgement };
        Comparison[] comparisons = [new(0, 1, score), new(0, 1, ScoreResult.Failed(ErrorKind.TimedOut, "why"))];
        ScoredResponse[] responses =
        [
            new(score, [new HardeningFinding("rule", HardeningSeverity.Low, FindingAction.Observed, "response", 1, "detail")], IsCached: false)
            {
                Raw = 2,
                Check = new ControlCheck(
                    ControlOutcome.Unchecked, "set", 0.2, [new ControlAnswer(":", score, IsCached: true), new ControlAnswer(".", ScoreResult.Failed(ErrorKind.TimedOut, "why"), IsCached: false)]),
            },
            new(ScoreResult.Failed(ErrorKind.TimedOut, "why"), [], IsCached: false),
        ];
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            new ScoreReplyWriter(writer, explain: true).Write(new ScoredRequest(_model, [responses], 2, default) { Comparisons = [comparisons], Controls = new ControlTotals(2, 1, 1, 3, default) }, [new EnvelopeItem()]);
        }

        var reply = JsonNode.Parse(buffer.WrittenSpan)!;
        var item = reply["results"]![0]!;
        var (scored, failed) = (item["scores"]![0]!, item["scores"]![1]!);
        Assert.Equal(Fields(ClientJson, typeof(ScoreReply)), Names(reply));
        Assert.Equal(Fields(ClientJson, typeof(ScoreUsage)), Names(reply["usage"]!));
        Assert.Equal(Fields(ClientJson, typeof(ItemReply)), Names(item));
        Assert.Equal(Fields(ClientJson, typeof(ResponseScore)).Order(), Names(scored).Union(Names(failed)).Order());
        Assert.Equal(Fields(ClientJson, typeof(JudgementReply)), Names(scored["judgement"]!));
        Assert.Equal(Fields(ClientJson, typeof(ComponentReply)), Names(scored["components"]![0]!));
        Assert.Equal(Fields(ClientJson, typeof(JuryReply)), Names(scored["jury"]!));
        Assert.Equal(Fields(ClientJson, typeof(JurorReply)), Names(scored["jury"]!["jurors"]![0]!).Union(Names(scored["jury"]!["jurors"]![1]!)));
        Assert.Equal(Fields(ClientJson, typeof(ComparisonReply)), Names(item["comparisons"]![0]!).Union(Names(item["comparisons"]![1]!)));
        Assert.Equal(Fields(ClientJson, typeof(FindingReply)), Names(scored["findings"]![0]!));
        Assert.Equal(Fields(ClientJson, typeof(TimingReply)), Names(scored["timing_ms"]!));
        Assert.Equal(Fields(ClientJson, typeof(ControlsReply)), Names(scored["controls"]!));
        Assert.Equal(Fields(ClientJson, typeof(ControlReply)), Names(scored["controls"]!["answers"]![0]!).Union(Names(scored["controls"]!["answers"]![1]!)));
        Assert.Equal(Fields(ClientJson, typeof(ControlUsage)), Names(reply["usage"]!["controls"]!));
        Assert.Equal(Fields(ClientJson, typeof(ErrorReply)), Names(failed["error"]!));

        static IEnumerable<string> Names(JsonNode node) => node.AsObject().Select(field => field.Key);
    }

    // The client's own source-generated JSON is internal to it.
    private static IJsonTypeInfoResolver ClientJson => (IJsonTypeInfoResolver)typeof(GatewayClient).Assembly
        .GetType("Gateway.Client.GatewayJson", throwOnError: true)!.GetProperty("Default")!.GetValue(null)!;

    private static IEnumerable<string> Fields(IJsonTypeInfoResolver json, Type type) =>
        json.GetTypeInfo(type, ((System.Text.Json.Serialization.JsonSerializerContext)json).Options)!.Properties
            .Where(property => property.Get is not null || property.Set is not null).Select(property => property.Name);

    private sealed class WrongServer(int status, string? type, string body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            HttpContent content = type is null ? new ByteArrayContent([]) : new StringContent(body, Encoding.UTF8, type);
            return Task.FromResult(new HttpResponseMessage((HttpStatusCode)status) { Content = content });
        }
    }
}
