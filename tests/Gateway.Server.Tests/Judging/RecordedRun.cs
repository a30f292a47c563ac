using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Gateway.Core.Scoring;
using Gateway.Server.Tests.Upstream;

namespace Gateway.Server.Tests.Judging;

/// <summary>
/// The recorded run of o1-mini on JudgeBench's 350 pairs, as an engine: what it is asked tells the pair and the order, and the answer is what
/// o1-mini replied to them.
/// </summary>
internal sealed class RecordedRun
{
    /// <summary>A judge's prompt, whole; the engine finds a game by its user turn.</summary>
    public const string Prompt = """
        === system ===
        Compare two answers to a question. Answer it yourself first, then say what is wrong with each answer. End with your verdict: [[A>>B]], [[A>B]], [[A=B]], [[B>A]] or [[B>>A]].
        === user ===
        Question:
        {{prompt}}

        Answer A:
        {{response_1}}

        Answer B:
        {{response_2}}
        """;

    private readonly Dictionary<string, (int Pair, int Game)> _games = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(int Pair, int Game)> _asked = new();

    private RecordedRun(IReadOnlyList<Pair> pairs)
    {
        Pairs = pairs;
        for (var i = 0; i < pairs.Count; i++)
        {
            _games.Add(Turn(pairs[i].Question, pairs[i].First, pairs[i].Second), (i, 0));
            _games.Add(Turn(pairs[i].Question, pairs[i].Second, pairs[i].First), (i, 1));
        }
    }

    /// <summary>The pairs, as in the file.</summary>
    public IReadOnlyList<Pair> Pairs { get; }

    /// <summary>Reads it; skips the test by name where there is no folder.</summary>
    public static RecordedRun Read()
    {
        var texts = Rows("judgebench-gpt4o").ToDictionary(row => Text(row, "pair_id"));
        return new RecordedRun([.. Rows("judgebench-run-o1-mini").Select(row => (Row: row, Texts: texts[Text(row, "pair_id")])).Select(one => new Pair(
            Text(one.Texts, "question"),
            Text(one.Texts, "response_A"),
            Text(one.Texts, "response_B"),
            Decision(Text(one.Row, "label")),
            [.. one.Row.GetProperty("judgments").EnumerateArray().Select(game => (Text(game, "response"), Decision(Text(game, "decision"))))]))]);
    }

    /// <summary>Answers a call with the recorded reply, or with 404 where it is about no recorded game.</summary>
    public Task AnswerAsync(HttpContext http, string asked)
    {
        if (!_games.TryGetValue(asked, out var game))
        {
            return ScriptedUpstream.TextAsync(http, 404, "no such game");
        }

        _asked.Enqueue(game);
        return ScriptedUpstream.JsonAsync(http, 200, JudgeGateway.Reply(Pairs[game.Pair].Games[game.Game].Reply));
    }

    /// <summary>The games that were asked for since this was called last.</summary>
    public (int Pair, int Game)[] TakeAsked()
    {
        (int, int)[] asked = [.. _asked];
        _asked.Clear();
        return asked;
    }

    private static string Turn(string question, string first, string second) => $"Question:\n{question}\n\nAnswer A:\n{first}\n\nAnswer B:\n{second}";

    private static List<JsonElement> Rows(string set)
    {
        var folder = Environment.GetEnvironmentVariable("GATEWAY_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "GATEWAY_DATA is unset; name the folder of recorded runs (*.jsonl.gz).");
        using var lines = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(folder, set + ".jsonl.gz")), CompressionMode.Decompress), Encoding.UTF8);
        var rows = new List<JsonElement>();
        while (lines.ReadLine() is { } line)
        {
            rows.Add(JsonElement.Parse(line));
        }

        return rows;
    }

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;

    private static Preference Decision(string decision) => decision switch
    {
        "A>B" => Preference.First,
        "B>A" => Preference.Second,
        "A=B" => Preference.Tie,
        _ => throw new InvalidDataException($"An unknown decision: {decision}"),
    };

    /// <summary>One pair and what was recorded of it.</summary>
    /// <param name="Question">What was asked.</param>
    /// <param name="First">One answer.</param>
    /// <param name="Second">The other.</param>
    /// <param name="Label">The right one.</param>
    /// <param name="Games">The reply with the answers as given and swapped, and what JudgeBench's tool read in it, of the places and not of the answers.</param>
    internal sealed record Pair(string Question, string First, string Second, Preference Label, IReadOnlyList<(string Reply, Preference Decision)> Games);
}
