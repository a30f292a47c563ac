using System.Globalization;
using System.Text.Json.Nodes;
using Gateway.Core.Aggregation;
using Gateway.Core.Scoring;

namespace Gateway.Server.Tests.Judging;

/// <summary>
/// A recorded run of a real judge through a whole gateway: JudgeBench's published figures for o1-mini come out to the digit (65.71 % right, 31.4 % not
/// the same in both orders), and what the gateway decides differently is told pair by pair.
/// </summary>
public sealed class RecordedRunTests
{
    // A chance of one half each round: 350 pairs are through after about ten.
    private const int MostRounds = 40;

    // Published: 230 and 110 of 350. A right game counts 1, a wrong one -1, a tie nothing; the pair is right above 0.
    [Theory]
    [InlineData("judgebench-arena-hard")]
    [InlineData("arena-hard")]
    public async Task Score_EachOrderByItself_GivesThePublishedFigures(string format)
    {
        var run = RecordedRun.Read();
        await using var judge = await JudgeGateway.StartAsync(Manifest(format, """, "orders": "one" """), RecordedRun.Prompt, run.AnswerAsync);
        var verdicts = new Preference?[run.Pairs.Count, 2];

        // A judge of one order draws it by chance, anew for each principle: ask until both were drawn.
        for (var round = 0; round < MostRounds && Left(verdicts) is { Length: > 0 } left; round++)
        {
            var comparisons = await CompareAsync(judge, run, left, $"Round {round}.");
            foreach (var (pair, game) in run.TakeAsked())
            {
                verdicts[pair, game] = VerdictOf(comparisons[Array.IndexOf(left, pair)]);
            }
        }

        Assert.Empty(Left(verdicts));
        Assert.All(run.Pairs, (pair, i) => Assert.Equal(Recorded(pair), (verdicts[i, 0], verdicts[i, 1])));
        Assert.Equal("65.71", Percent(run.Pairs.Where((pair, i) => Counts(pair, verdicts[i, 0]) + Counts(pair, verdicts[i, 1]) > 0).Count(), run.Pairs.Count, "F2"));
        Assert.Equal("31.4", Percent(run.Pairs.Where((_, i) => verdicts[i, 0] != verdicts[i, 1]).Count(), run.Pairs.Count, "F1"));
    }

    // Our own rule: decided is what both orders agree on. So of JudgeBench's 230 right pairs 203 are right here too and 27, where one of the orders is a
    // tie, are undecided; its 120 others are 32 wrong in both orders, 5 ties, and 83 undecided (76 right and wrong, 7 wrong and a tie).
    [Theory]
    [InlineData("judgebench-arena-hard")]
    [InlineData("arena-hard")]
    public async Task Score_BothOrders_DecidesWhatTheRecordedGamesAgreeOn(string format)
    {
        var run = RecordedRun.Read();
        await using var judge = await JudgeGateway.StartAsync(Manifest(format), RecordedRun.Prompt, run.AnswerAsync);

        var comparisons = await CompareAsync(judge, run, [.. Enumerable.Range(0, run.Pairs.Count)]);

        var verdicts = comparisons.Select(VerdictOf).ToArray();
        Assert.Equal(2 * run.Pairs.Count, run.TakeAsked().Distinct().Count());
        Assert.All(run.Pairs, (pair, i) => Assert.Equal(Recorded(pair) is var (given, swapped) && given == swapped ? given : Preference.Undecided, verdicts[i]));
        Assert.Equal(
            (203, 32, 5, 110),
            (Of(verdict => verdict == 1), Of(verdict => verdict == -1), verdicts.Count(verdict => verdict == Preference.Tie), verdicts.Count(verdict => verdict == Preference.Undecided)));
        var undecided = run.Pairs.Where((_, i) => verdicts[i] == Preference.Undecided).Select(pair => Recorded(pair) is var (given, swapped) ? Counts(pair, given) + Counts(pair, swapped) : 0);
        Assert.Equal([(-1, 7), (0, 76), (1, 27)], undecided.CountBy(sum => sum).OrderBy(count => count.Key).Select(count => (count.Key, count.Value)));

        int Of(Func<int, bool> counts) => run.Pairs.Where((pair, i) => counts(Counts(pair, verdicts[i]))).Count();
    }

    private static string Manifest(string format, string more = "") =>
        JudgeGateway.Manifest($$"""{"kind": "pairwise", "prompt": "prompt.txt", "verdict": "{{format}}"{{more}}}""", """ "untrusted": "plain" """);

    // The comparison of each of these pairs; all in one request.
    private static async Task<JsonNode[]> CompareAsync(JudgeGateway judge, RecordedRun run, int[] pairs, string? principle = null)
    {
        var (status, reply) = await judge.ScoreAsync(new
        {
            items = pairs.Select(pair => run.Pairs[pair]).Select(pair => new
            {
                prompt = pair.Question,
                responses = new[] { pair.First, pair.Second },
                principle = principle is null ? null : new { text = principle },
            }),
            options = new { timeout_ms = 600_000 },
        });

        Assert.True(status == 200, reply.ToJsonString());
        Assert.Equal(0, reply["usage"]!["failed"]!.GetValue<int>());
        return [.. reply["results"]!.AsArray().Select(item => Assert.Single(item!["comparisons"]!.AsArray())!)];
    }

    private static int[] Left(Preference?[,] verdicts) =>
        [.. Enumerable.Range(0, verdicts.GetLength(0)).Where(pair => verdicts[pair, 0] is null || verdicts[pair, 1] is null)];

    private static Preference VerdictOf(JsonNode comparison) => Enum.Parse<Preference>(comparison["verdict"]!.GetValue<string>(), ignoreCase: true);

    // What JudgeBench's tool read in both games, of the answers and not of their places.
    private static (Preference? Given, Preference? Swapped) Recorded(RecordedRun.Pair pair) => (pair.Games[0].Decision, OrderAgreement.Mirror(pair.Games[1].Decision));

    private static int Counts(RecordedRun.Pair pair, Preference? said) => said == pair.Label ? 1 : said == OrderAgreement.Mirror(pair.Label) ? -1 : 0;

    private static string Percent(int part, int whole, string format) => (100.0 * part / whole).ToString(format, CultureInfo.InvariantCulture);
}
