using System.Net;
using System.Text;
using Gateway.LoadTests.Figures;
using Gateway.LoadTests.Load;
using Gateway.LoadTests.Wire;
using Gateway.LoadTests.Workload;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.LoadTests.Tests;

public sealed class HttpLoadTests
{
    private static readonly WorkItem[] Items = [new("1 + 1?", "2"), new("2 + 2?", "\"4\"\n"), new("3 + 3?", "")];

    [Theory]
    [InlineData(200, """{"results":[{"scores":[{"status":"ok","score":0.5,"cached":false}]}]}""", null)]
    [InlineData(200, """{"results":[{"scores":[{"status":"ok","score":0.5,"cached":true}]}]}""", "cached")]
    [InlineData(200, """{"results":[{"scores":[{"status":"floored","score":-9}]}]}""", "not_ok")]
    [InlineData(200, """{"results":[{"scores":[{"status":"ok","score":null}]}]}""", "no_score")]
    [InlineData(200, """{"results":[]}""", "wrong_count")]
    [InlineData(429, "{}", "http_429")]
    public async Task Step_Answer_CountsOnlyFreshScores(int status, string answer, string? error)
    {
        using var load = new HttpLoad(Client(_ => ((HttpStatusCode)status, answer)), new NativeDialect("m"), Items[..1], 1);

        var outcome = await load.Scenario("s", new LoadShape.Closed(1)).Step(new LoadContext(0), TestContext.Current.CancellationToken);

        Assert.Equal(error, outcome.Error);
        Assert.Equal(error is null ? 1 : 0, outcome.Items);
    }

    [Fact]
    public async Task Step_Operations_SendTheRequestsInTurn()
    {
        var bodies = new List<string>();
        using var load = new HttpLoad(Client(Answer), new OpenRlhfDialect(), Items, 2);
        var step = load.Scenario("s", new LoadShape.Closed(1)).Step;

        for (var operation = 0; operation < 3; operation++)
        {
            Assert.Null((await step(new LoadContext(operation), TestContext.Current.CancellationToken)).Error);
        }

        Assert.Equal(2, load.RequestsPerPass);
        Assert.Equal(bodies[0], bodies[2]);
        Assert.Equal(
            """{"query":["<s><|im_start|>user\n3 + 3?<|im_end|>\n<|im_start|>assistant\n<|im_end|>\n"],"prompts":["<s><|im_start|>user\n3 + 3?<|im_end|>\n<|im_start|>assistant\n"]}""",
            bodies[1]);

        (HttpStatusCode, string) Answer(string body)
        {
            bodies.Add(body);
            return (HttpStatusCode.OK, bodies.Count == 2 ? """{"rewards":[1.5]}""" : """{"rewards":[1.5,-2],"scores":[1,2]}""");
        }
    }

    [Fact]
    public async Task ScoreAll_Batches_KeepTheOrder()
    {
        using var load = new HttpLoad(Client(Answer), new OpenRlhfDialect(), Items, 2);

        var scores = await load.ScoreAllAsync(2, TestContext.Current.CancellationToken);

        Assert.Equal([1, 2, 3], scores);

        static (HttpStatusCode, string) Answer(string body) =>
            (HttpStatusCode.OK, body.Contains("3 + 3", StringComparison.Ordinal) ? """{"rewards":[3]}""" : """{"rewards":[1,2]}""");
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(11, "2 of 6 items were scored within 10 minutes, so there are no figures; lower --items or --passes.")]
    public async Task Measure_TimeUpBeforeTheLastPass_GivesNoFigures(int minutesPerAnswer, string? says)
    {
        var clock = new FakeTimeProvider();
        using var load = new HttpLoad(Client(Answer), new OpenRlhfDialect(), Items, 2);
        var passes = new WholePasses(new OpenLoopRunner(clock), load, passes: 2);

        var run = passes.MeasureAsync(new LoadShape.Closed(1) { WarmUp = TimeSpan.Zero }, static () => { }, TestContext.Current.CancellationToken);

        Assert.Equal(says, (await Record.ExceptionAsync(() => run))?.Message);
        Assert.Equal(says is null ? 6 : 0, says is null ? (await run).Items : 0);

        (HttpStatusCode, string) Answer(string body)
        {
            clock.Advance(TimeSpan.FromMinutes(minutesPerAnswer));
            return (HttpStatusCode.OK, body.Contains("3 + 3", StringComparison.Ordinal) ? """{"rewards":[3]}""" : """{"rewards":[1,2]}""");
        }
    }

    private static HttpClient Client(Func<string, (HttpStatusCode, string)> answer) =>
        new(new Answering(answer)) { BaseAddress = new Uri("http://127.0.0.1:1") };

    private sealed class Answering(Func<string, (HttpStatusCode Status, string Body)> answer) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var (status, body) = answer(await request.Content!.ReadAsStringAsync(cancellationToken));
            return new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        }
    }
}
