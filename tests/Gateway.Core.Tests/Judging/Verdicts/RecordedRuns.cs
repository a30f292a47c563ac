using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Gateway.Core.Judging;
using Gateway.Core.Judging.Verdicts;
using Gateway.Core.Scoring;

namespace Gateway.Core.Tests.Judging.Verdicts;

/// <summary>One pair of a JudgeBench run: which response is better, and what its own tool recorded for both orders.</summary>
/// <param name="Label">The better response.</param>
/// <param name="Games">Reply, recorded decision and scores of the pair as given and swapped.</param>
internal sealed record RecordedPair(Preference Label, IReadOnlyList<(string Reply, Preference Decision, double[] Scores)> Games);

/// <summary>Replies and scores of real judges, from the folder that <c>GATEWAY_DATA</c> names.</summary>
internal static class RecordedRuns
{
    /// <summary>The rows of a set; skips the test by name where there is no folder.</summary>
    public static IReadOnlyList<JsonElement> Rows(string set)
    {
        Assert.SkipWhen(GenuineData.Folder is null, "GATEWAY_DATA is unset.");
        using var lines = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(GenuineData.Folder!, set + ".jsonl.gz")), CompressionMode.Decompress), Encoding.UTF8);
        var rows = new List<JsonElement>();
        while (lines.ReadLine() is { } line)
        {
            using var row = JsonDocument.Parse(line);
            rows.Add(row.RootElement.Clone());
        }

        return rows;
    }

    /// <summary>The pairs of a JudgeBench run.</summary>
    public static IReadOnlyList<RecordedPair> JudgeBench(string judge) => [.. Rows("judgebench-run-" + judge).Select(row => new RecordedPair(
        Decision(row.GetProperty("label")),
        [.. row.GetProperty("judgments").EnumerateArray().Select(game => (
            game.GetProperty("response").GetString()!,
            Decision(game.GetProperty("decision")),
            game.GetProperty("scores") is { ValueKind: JsonValueKind.Array } scores ? scores.EnumerateArray().Select(score => score.GetDouble()).ToArray() : [])),
        ]))];

    /// <summary>What a named format reads from a whole reply.</summary>
    public static Preference Read(string format, string reply, params string[] judged) =>
        ((Verdict.Choice)VerdictFormats.Find(format)!.Read(new VerdictSource(VerdictText.Of(new JudgeReply(reply), judged)) { Judged = judged })).Better;

    private static Preference Decision(JsonElement decision) => decision.GetString() switch
    {
        "A>B" => Preference.First,
        "B>A" => Preference.Second,
        "A=B" => Preference.Tie,
        var other => throw new InvalidDataException($"An unknown decision: {other}"),
    };
}
