using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateway.Server.Tests.Upstream;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests.Judging;

/// <summary>
/// At the deadline what is finished is given and what is open fails; no number is made of survivors unless a quorum says so; and what died is not
/// asked about any further.
/// </summary>
public sealed partial class JudgeDeadlineTests
{
    private const string Rubric = """{"kind": "rubric"}""";
    private const string Alone = "Gateway:Models:judge:Limits:MaxConcurrency";
    private static readonly string[] TimedOut = ["timed_out", "upstream_timed_out"];

    private readonly FakeTimeProvider _clock = new();
    private volatile bool _slow = true;

    [Fact]
    public async Task Deadline_SomeItemsOpen_GivesAndStoresTheOthers()
    {
        await using var judge = await StartAsync(Rubric, "", Slow(_ => Scored(4)));
        var body = new { items = new[] { Item("fast one"), Item("SLOW"), Item("fast two") } };

        var (status, reply) = await judge.ScoreUntilDeadlineAsync(_clock, body, ended: 2, begun: 3);
        var asked = judge.Asked.Length;
        _slow = false;
        var (_, again) = await judge.ScoreAsync(body);

        Assert.Equal(200, status);
        Assert.Equal(["ok", "failed", "ok"], reply["results"]!.AsArray().Select(item => Text(item!["scores"]![0]!, "status")));
        Assert.Contains(Kind(reply["results"]![1]!["scores"]![0]!), TimedOut);
        Assert.Equal(3, asked);
        Assert.Equal([true, false, true], again["results"]!.AsArray().Select(item => item!["scores"]![0]!["cached"]!.GetValue<bool>()));
        Assert.Equal(4, judge.Asked.Length);
    }

    [Fact]
    public async Task Deadline_OneSampleOpen_FailsTheItemAndMakesNoNumberOfTheOthers()
    {
        await using var judge = await StartAsync(Rubric, """ "samples": 3, "sampling": {"temperature": 1, "seed": 5}""", BySeed(slow: 6));

        var (status, reply) = await judge.ScoreUntilDeadlineAsync(_clock, Body(), ended: 2, begun: 3);

        Assert.Equal((504, "failed", null), (status, Text(First(reply), "status"), First(reply)["score"]));
        Assert.Contains(Kind(First(reply)), TimedOut);
        Assert.Equal(3, judge.Asked.Length);
    }

    [Fact]
    public async Task Deadline_OneSampleOpenAndAQuorum_GivesTheOthersAndSaysWhichIsMissing()
    {
        await using var judge = await StartAsync(Rubric, """ "samples": 3, "quorum": 2, "sampling": {"temperature": 1, "seed": 5}""", BySeed(slow: 6));

        var (status, reply) = await judge.ScoreUntilDeadlineAsync(_clock, Body(), ended: 2, begun: 3);

        var judgement = First(reply)["judgement"]!;
        Assert.Equal((200, 3.0, 2, 1), (status, First(reply)["score"]!.GetValue<double>(), judgement["samples"]!.GetValue<int>(), judgement["missing"]!.GetValue<int>()));
        Assert.Contains(Text(judgement, "note"), TimedOut.Select(kind => $"missing: sample 2 ({kind})"));
    }

    [Fact]
    public async Task Deadline_FewerSamplesThanTheQuorum_Fails()
    {
        await using var judge = await StartAsync(
            Rubric, """ "samples": 3, "quorum": 2, "repairs": 0, "sampling": {"temperature": 1, "seed": 5}""",
            (http, asked) => Seed(http) == 5 ? ReplyAsync(http, "no") : BySeed(slow: 6)(http, asked));

        var (status, reply) = await judge.ScoreUntilDeadlineAsync(_clock, Body(), ended: 2, begun: 3);

        Assert.Equal((504, null), (status, First(reply)["score"]));
    }

    [Theory]
    [InlineData("""{"kind": "pairwise"}""", 2)]
    [InlineData("""{"kind": "yes-no", "questions": ["Is it right?", "Is it kind?"]}""", 1)]
    [InlineData("""{"kind": "listwise", "most": 2}""", 4)]
    public async Task Deadline_OneCallOfAnItemOpen_FailsAllOfIt(string style, int responses)
    {
        var calls = 0;
        await using var judge = await StartAsync(style, "", (http, asked) => Interlocked.Increment(ref calls) == 2 ? ScriptedUpstream.HangAsync(http)
            : style.Contains("yes-no", StringComparison.Ordinal) ? LogprobAsync(http)
            : ReplyAsync(http, style.Contains("pairwise", StringComparison.Ordinal) ? """{"explanation": "x", "better": "1"}""" : Listed(asked)));

        var (_, reply) = await judge.ScoreUntilDeadlineAsync(_clock, Body(responses), ended: 1, begun: 2);

        Assert.All(reply["results"]![0]!["scores"]!.AsArray(), score => Assert.Equal(("failed", null), (Text(score!, "status"), score!["score"])));
        Assert.Equal(2, judge.Asked.Length);
    }

    [Fact]
    public async Task Deadline_CriteriaAreNotThere_JudgesNothing()
    {
        await using var judge = await StartAsync("""{"kind": "criteria"}""", "", (http, _) => ScriptedUpstream.HangAsync(http));

        var (status, reply) = await judge.ScoreUntilDeadlineAsync(_clock, new { items = new[] { new { prompt = "p", criteria = new { generate = true }, responses = new[] { "a", "b" } } } }, ended: 0, begun: 1);

        Assert.Equal((504, "timed_out"), (status, Kind(First(reply))));
        Assert.Single(judge.Asked);
    }

    [Fact]
    public async Task Failure_OfOneSample_KeepsTheOthersFromBeingAsked()
    {
        var dead = 0;
        await using var judge = await StartAsync(
            Rubric, """ "samples": 5, "repairs": 0, "sampling": {"temperature": 1}""",
            (http, asked) => !asked.Contains("DEAD", StringComparison.Ordinal) ? ReplyAsync(http, Scored(4)) : UnreadableOnceAsync(http, ref dead), (Alone, "1"));

        var (_, reply) = await judge.ScoreAsync(new { items = new[] { Item("DEAD"), Item("alive") } });

        Assert.Equal(["judge_unreadable", "ok"], reply["results"]!.AsArray().Select(item => item!["scores"]![0]!["error"] is { } error ? Text(error, "kind") : Text(item["scores"]![0]!, "status")));
        Assert.Equal(5, judge.Asked.Count(asked => asked.Contains("alive", StringComparison.Ordinal)));
        Assert.InRange(judge.Asked.Count(asked => asked.Contains("DEAD", StringComparison.Ordinal)), 1, 2);
    }

    [Theory]
    [InlineData("""{"kind": "pairwise"}""", 2)]
    [InlineData("""{"kind": "yes-no", "questions": ["a?", "b?", "c?", "d?", "e?"]}""", 1)]
    [InlineData("""{"kind": "listwise", "most": 2}""", 8)]
    public async Task Failure_OfOneCallOfAnItem_KeepsTheOthersFromBeingAsked(string style, int responses)
    {
        var asked = 0;
        await using var judge = await StartAsync(style, """ "repairs": 0 """, (http, _) => UnreadableOnceAsync(http, ref asked), (Alone, "1"));

        var (status, _) = await judge.ScoreAsync(Body(responses));

        Assert.Equal(502, status);
        Assert.InRange(judge.Asked.Length, 1, 2);
    }

    private Task<JudgeGateway> StartAsync(string style, string more, Func<HttpContext, string, Task> answer, params (string, string)[] settings) =>
        JudgeGateway.StartAsync(_clock, JudgeGateway.Manifest(style, more), answer, settings);

    private Func<HttpContext, string, Task> Slow(Func<string, string> answer) => (http, asked) =>
        _slow && asked.Contains("SLOW", StringComparison.Ordinal) ? ScriptedUpstream.HangAsync(http) : ReplyAsync(http, answer(asked));

    // The seed is the score, less three: 5, 6 and 7 give 2, 3 and 4.
    private static Func<HttpContext, string, Task> BySeed(int slow) => (http, _) => Seed(http) == slow ? ScriptedUpstream.HangAsync(http) : ReplyAsync(http, Scored(Seed(http) - 3));

    // The next in turn may be on its way before the first one's words are read; it keeps the only place until it is cancelled.
    private static Task UnreadableOnceAsync(HttpContext http, ref int asked) => Interlocked.Increment(ref asked) == 1 ? ReplyAsync(http, "no") : ScriptedUpstream.HangAsync(http);

    private static int Seed(HttpContext http) => JsonNode.Parse(SeenRequest.BodyOf(http))!["seed"]!.GetValue<int>();

    private static Task ReplyAsync(HttpContext http, string said) => ScriptedUpstream.JsonAsync(http, 200, JudgeGateway.Reply(said));

    private static Task LogprobAsync(HttpContext http) => ScriptedUpstream.JsonAsync(http, 200, """
        {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Yes"}, "finish_reason": "stop", "logprobs": {"content": [{"token": "Yes", "logprob": -0.1, "top_logprobs": [{"token": "Yes", "logprob": -0.1}, {"token": "No", "logprob": -2.5}]}]}}]}
        """);

    private static object Item(string response) => new { prompt = "p", responses = new[] { response } };

    private static object Body(int responses = 1) => new
    {
        items = new[] { new { prompt = "p", responses = Enumerable.Range(0, responses).Select(i => $"response {i}") } },
    };

    private static string Listed(string asked)
    {
        var names = Shown().Matches(asked).Select(match => match.Groups[1].Value).Where(name => name != "prompt").ToArray();
        return $$"""
            {"explanation": "alike", "scores": {{{string.Join(", ", names.Select(name => $"\"{name}\": 3"))}}}, "ranking": [{{string.Join(", ", names.Select(name => $"\"{name}\""))}}]}
            """;
    }

    [GeneratedRegex("<<<([a-z0-9 ]+) [0-9a-f]{16}\n")]
    private static partial Regex Shown();

    private static string Scored(int score) => $$"""{"explanation": "x", "score": {{score}}}""";

    private static JsonNode First(JsonNode reply) => reply["results"]![0]!["scores"]![0]!;

    private static string Kind(JsonNode score) => Text(score["error"]!, "kind");

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}
