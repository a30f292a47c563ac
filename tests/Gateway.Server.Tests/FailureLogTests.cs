using Gateway.Server.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests;

public sealed class FailureLogTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly LogLines _lines = new();
    private readonly LoggerFactory _factory;
    private readonly FailureLog _log;

    public FailureLogTests()
    {
        _factory = new LoggerFactory([_lines]);
        _log = new FailureLog(_clock, _factory.CreateLogger<FailureLog>());
    }

    [Fact]
    public void RequestFailed_AgainAndAgain_IsOneLineInTheInterval()
    {
        for (var i = 0; i < 1000; i++)
        {
            _log.RequestFailed("/v1/score", "timed_out", "late");
        }

        Assert.Equal(["/v1/score failed, timed_out: late"], _lines.Lines);
    }

    [Fact]
    public void Failures_WithLinesAndEscapesInTheirDetail_AreOneLineOfVisibleText()
    {
        _log.RequestFailed("/v1/score", "timed_out", "id \"a\r\n/ready: \u001b[2Jforged\u0085\u2028é😀\": late");
        _log.ResponsesFailed("/v1/score", 1, "timed_out", "b\nc");

        Assert.Equal(
            ["/v1/score failed, timed_out: id \"a  /ready:  [2Jforged  é😀\": late", "/v1/score: 1 responses failed, the first with timed_out: b c"],
            _lines.Lines);
    }

    [Fact]
    public void RequestFailed_AfterTheInterval_SaysHowManyWereLeftOut()
    {
        for (var i = 0; i < 5; i++)
        {
            _log.RequestFailed("/v1/score", "timed_out", "late");
        }

        _clock.Advance(FailureLog.Interval);
        _log.RequestFailed("/v1/score", "timed_out", "late again");
        _clock.Advance(FailureLog.Interval);
        _log.RequestFailed("/v1/score", "timed_out", "and again");

        Assert.Equal(
            [
                "/v1/score failed, timed_out: late",
                "/v1/score failed, timed_out: late again (4 more like it since the last such line)",
                "/v1/score failed, timed_out: and again",
            ],
            _lines.Lines);
    }

    [Fact]
    public void Failures_OfOtherKindsAndPaths_HaveLinesOfTheirOwn()
    {
        _log.RequestFailed("/v1/score", "timed_out", "a");
        _log.RequestFailed("/v1/score", "model_failed", "b");
        _log.RequestFailed("/classify", "timed_out", "c");
        _log.ResponsesFailed("/v1/score", 3, "timed_out", "d");
        _log.ReplyCut("one", "judges", "/generate");
        _log.ReplyCut("two", "judges", "/generate");

        Assert.Equal(6, _lines.Lines.Count);
        Assert.Contains("/v1/score: 3 responses failed, the first with timed_out: d", _lines.Lines);
        Assert.Contains("Destination two of cluster judges broke off its reply to /generate; the client's connection was cut", _lines.Lines);
    }

    [Fact]
    public void RequestFailed_OnAnyNumberOfPaths_IsBounded()
    {
        for (var i = 0; i < 10_000; i++)
        {
            _log.RequestFailed($"/models/{i}/classify", "timed_out", "late");
        }

        Assert.Equal(257, _lines.Lines.Count);

        _clock.Advance(FailureLog.Interval);
        _log.RequestFailed("/v1/score", "timed_out", "late");
        _log.RequestFailed("/v1/score", "model_failed", "broken");

        Assert.Equal(["/v1/score failed, timed_out: late", "/v1/score failed, model_failed: broken"], _lines.Lines.Skip(257));
    }

    [Fact]
    public void RequestFailed_FromManyThreads_CountsEachOnce()
    {
        Parallel.For(0, 10_000, _ => _log.RequestFailed("/v1/score", "timed_out", "late"));
        _clock.Advance(FailureLog.Interval);
        _log.RequestFailed("/v1/score", "timed_out", "late");

        Assert.Equal(2, _lines.Lines.Count);
        Assert.EndsWith("(9999 more like it since the last such line)", _lines.Lines.Last(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/get_reward", """{"query": ["fail model_failed"]}""", "/get_reward failed, model_failed")]
    [InlineData("/v1/score", """{"prompt": "p", "response": "fail model_failed"}""", "/v1/score: 1 responses failed, the first with model_failed")]
    public async Task Post_InAnOutage_AnswersEveryRequestAndLogsOne(string path, string body, string line)
    {
        await using var gateway = TestGateway.With(
            new ScriptedModel { Answer = ScriptedModel.FailWhereAsked },
            services => services.RemoveAll<ILoggerProvider>().AddSingleton<ILoggerProvider>(_lines).RemoveAll<TimeProvider>().AddSingleton<TimeProvider>(_clock),
            ("Logging:LogLevel:Default", "Warning"));
        for (var i = 0; i < 20; i++)
        {
            var (status, _, _) = await gateway.PostAsync(path, body);
            Assert.True(status >= 400);
        }

        Assert.Single(_lines.Lines, logged => logged.Contains(line, StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _factory.Dispose();
        _lines.Dispose();
    }
}
