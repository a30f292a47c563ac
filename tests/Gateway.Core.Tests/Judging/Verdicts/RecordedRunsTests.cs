using Gateway.Core.Aggregation;
using Gateway.Core.Judging;
using Gateway.Core.Judging.Verdicts.Probabilities;
using Gateway.Core.Scoring;

namespace Gateway.Core.Tests.Judging.Verdicts;

/// <summary>Real replies through our readers: what the judges' own tools recorded and published comes out, and each difference is told.</summary>
public sealed class RecordedRunsTests
{
    [Theory]
    [InlineData("arena-hard")]
    [InlineData("judgebench-arena-hard")]
    public void O1Mini_All700Replies_AreReadAsRecorded(string format)
    {
        var games = RecordedRuns.JudgeBench("o1-mini").SelectMany(pair => pair.Games).ToArray();

        Assert.Equal(700, games.Length);
        Assert.All(games, game => Assert.Equal(game.Decision, RecordedRuns.Read(format, game.Reply)));
    }

    // The question and both responses are known to us here as they are in the gateway. None of the 1,400 responses forges a label.
    [Fact]
    public void O1Mini_WithTheJudgedTexts_IsReadTheSame()
    {
        var texts = RecordedRuns.Rows("judgebench-gpt4o").ToDictionary(
            row => row.GetProperty("pair_id").GetString()!,
            row => new[] { row.GetProperty("response_A").GetString()!, row.GetProperty("response_B").GetString()! });
        var rows = RecordedRuns.Rows("judgebench-run-o1-mini").Select(row => texts[row.GetProperty("pair_id").GetString()!]).ToArray();
        var pairs = RecordedRuns.JudgeBench("o1-mini");

        for (var i = 0; i < pairs.Count; i++)
        {
            Assert.All(pairs[i].Games, game => Assert.Equal(game.Decision, RecordedRuns.Read("arena-hard", game.Reply, rows[i])));
        }
    }

    // Published: accuracy 65.71 %, 31.4 % inconsistent; 230 and 110 of 350.
    [Fact]
    public void O1Mini_AccuracyAndInconsistency_AreThePublishedOnes()
    {
        var read = RecordedRuns.JudgeBench("o1-mini")
            .Select(pair => (pair.Label, Given: RecordedRuns.Read("judgebench-arena-hard", pair.Games[0].Reply), Swapped: RecordedRuns.Read("judgebench-arena-hard", pair.Games[1].Reply)))
            .ToArray();

        Assert.Equal("65.71", Percent(read.Count(pair => IsCorrect(pair.Label, pair.Given, pair.Swapped)), read.Length, "F2"));
        Assert.Equal("31.4", Percent(read.Count(pair => OrderAgreement.Of(pair.Given, pair.Swapped) == Preference.Undecided), read.Length, "F1"));
    }

    // JudgeBench's tool calls the second better where two scores are equal; this happens to one pair, in both orders. We say tie. Its published
    // accuracy does not depend on it: one right and one wrong order come to nothing, as two ties do.
    [Theory]
    [InlineData("skywork-8b", "62.29", 2)]
    [InlineData("internlm2-7b", "59.43", 0)]
    public void ScalarRuns_ScoresCompared_GiveThePublishedAccuracy(string judge, string accuracy, int differences)
    {
        var pairs = RecordedRuns.JudgeBench(judge);

        Assert.Equal(accuracy, Percent(pairs.Count(pair => IsCorrect(pair.Label, Compared(pair.Games[0].Scores), Compared(pair.Games[1].Scores))), pairs.Count, "F2"));
        var different = pairs.SelectMany(pair => pair.Games).Where(game => Compared(game.Scores) != game.Decision).ToArray();
        Assert.Equal(differences, different.Length);
        Assert.All(different, game => Assert.Equal((Preference.Second, Preference.Tie), (game.Decision, Compared(game.Scores))));
    }

    // The published preference is 1 + P(x) / (P(m) + P(M)), of exactly these two tokens.
    [Fact]
    public void AlpacaEval_All2000Lists_GiveThePublishedPreference()
    {
        var rows = RecordedRuns.Rows("alpacaeval-logprobs");

        Assert.Equal(2000, rows.Count);
        foreach (var row in rows)
        {
            var (x, other) = row.GetProperty("orient").GetString() == "m->2" ? ("m", "M") : ("M", "m");
            var read = new YesNoReader(new TokenWords([x], Exact: true), new TokenWords([other], Exact: true)).Read(Place(row));

            Assert.Equal(YesNoBound.Exact, read.Bound);
            Assert.Equal(row.GetProperty("preference").GetDouble(), 1 + read.Probability, 1e-6);
        }
    }

    // AlpacaEval passes over " m" and " M", which 97 of the lists hold too. Counting them, as we do by default, moves the preference by at most 0.0001.
    [Fact]
    public void AlpacaEval_WithTheVariantsItPassesOver_DiffersLittle()
    {
        var moved = 0;
        foreach (var row in RecordedRuns.Rows("alpacaeval-logprobs"))
        {
            var (x, other) = row.GetProperty("orient").GetString() == "m->2" ? ("m", "M") : ("M", "m");
            var place = Place(row);
            moved += place.Likeliest.Count(token => token.Text is " m" or " M") > 0 ? 1 : 0;
            var read = new YesNoReader(new TokenWords([x, " " + x], Exact: true), new TokenWords([other, " " + other], Exact: true)).Read(place);

            Assert.Equal(row.GetProperty("preference").GetDouble(), 1 + read.Probability, 1e-4);
        }

        Assert.Equal(97, moved);
    }

    // Two judges' recorded verdicts against the majority of three people. Of GPT-3.5's, 25 were no verdict; those are unreadable and agree with nobody.
    // Of PandaLM-7B only labels were recorded, so nothing of it is unreadable.
    [Fact]
    public void PandaLm_RecordedVerdicts_AreReadAndGarbageIsNot()
    {
        var rows = RecordedRuns.Rows("pandalm-annotations");
        var read = rows.Select(row => (
            People: PreferenceVotes.Of([.. new[] { "annotator1", "annotator2", "annotator3" }.Select(one => Named(row.GetProperty(one).GetRawText()))]),
            Gpt: TryRead(row.GetProperty("gpt35").GetString()!),
            PandaLm: Named(row.GetProperty("pandalm7b").GetRawText()))).ToArray();

        Assert.All(rows.Zip(read), pair => Assert.Equal(pair.First.GetProperty("gpt35").GetString() == "garbage", pair.Second.Gpt is null));
        Assert.Equal(25, read.Count(one => one.Gpt is null));
        Assert.DoesNotContain(read, one => one.People.Preference == Preference.Undecided);
        Assert.Equal((697, 667, 999), (read.Count(one => one.Gpt == one.People.Preference), read.Count(one => one.PandaLm == one.People.Preference), read.Length));
    }

    private static Preference? TryRead(string reply)
    {
        try
        {
            return RecordedRuns.Read("pandalm", reply);
        }
        catch (UnreadableVerdictException)
        {
            return null;
        }
    }

    private static Preference Named(string label) => label switch
    {
        "1" => Preference.First,
        "2" => Preference.Second,
        "0" => Preference.Tie,
        _ => throw new InvalidDataException($"An unknown label: {label}"),
    };

    private static TokenChoice Place(System.Text.Json.JsonElement row)
    {
        var tokens = row.GetProperty("top").EnumerateObject().Select(token => new TokenProbability(token.Name, token.Value.GetDouble())).ToArray();
        return new TokenChoice(tokens[0].Text, tokens[0].LogProbability, tokens);
    }

    private static Preference Compared(double[] scores) => scores[0] > scores[1] ? Preference.First : scores[0] < scores[1] ? Preference.Second : Preference.Tie;

    // JudgeBench: a right order counts 1, a wrong one -1, a tie nothing; the pair is right above 0.
    private static bool IsCorrect(Preference label, Preference given, Preference swapped) => Counts(label, given) + Counts(label, OrderAgreement.Mirror(swapped)) > 0;

    private static int Counts(Preference label, Preference said) => said == label ? 1 : said == OrderAgreement.Mirror(label) ? -1 : 0;

    private static string Percent(int part, int whole, string format) => (100.0 * part / whole).ToString(format, System.Globalization.CultureInfo.InvariantCulture);
}
