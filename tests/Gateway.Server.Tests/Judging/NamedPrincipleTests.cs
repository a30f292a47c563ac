using System.Text;
using System.Text.Json.Nodes;
using Gateway.Server.Judging;
using Gateway.Server.Rubrics;
using Gateway.Server.Tests.Rubrics;
using Gateway.Server.Upstream;

namespace Gateway.Server.Tests.Judging;

/// <summary>A judge goes by the principles that its manifest names as they are in force: another text is another revision, and other scores.</summary>
public sealed class NamedPrincipleTests : IDisposable
{
    private const string One = """{"prompt": "What is 2 + 2?", "response": "four"}""";
    private const string Rubric = """{"kind": "rubric"}""";

    private readonly PrinciplesFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Score_PrincipleThatChangesAndIsPutBack_HasOtherScoresAndThenTheOldOnes()
    {
        _folder.Write("house", "BE-BRIEF.");
        await using var judge = await StartAsync(""" "principle": "house" """);

        var (_, brief) = await judge.ScoreAsync(One);
        _folder.Write("house", "BE-KIND.");
        await RevisionAsync(judge, revision => revision != Revision(brief));
        var (_, kind) = await judge.ScoreAsync(One);
        _folder.Write("house", "BE-BRIEF.", version: 7);
        await RevisionAsync(judge, revision => revision == Revision(brief));
        var (_, again) = await judge.ScoreAsync(One);

        Assert.Equal((2.0, 4.0, 2.0), (Score(brief), Score(kind), Score(again)));
        Assert.Equal((false, false, true), (IsCached(brief), IsCached(kind), IsCached(again)));
        Assert.Equal(2, judge.Asked.Length);
        Assert.StartsWith("2026-11-", Revision(kind), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_RequestsWhileThePrincipleChanges_AreEachStoredUnderWhatTheyWereJudgedBy()
    {
        _folder.Write("house", "BE-BRIEF.");
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var judge = await JudgeGateway.StartAsync(
            JudgeGateway.Manifest(Rubric, """ "principle": "house" """),
            async (http, asked) =>
            {
                await (asked.Contains("BE-BRIEF.", StringComparison.Ordinal) ? held.Task : Task.CompletedTask);
                await Upstream.ScriptedUpstream.JsonAsync(http, 200, JudgeGateway.Reply(Answer(asked)));
            },
            ("Gateway:PrinciplesFolder", _folder.Path), ("Gateway:PrinciplesPollMs", "100"));

        var under = judge.ScoreAsync(One);
        await Eventually.TrueAsync(() => judge.Asked.Length == 1, "the judge is asked by the old principle");
        var before = await RevisionAsync(judge, _ => true);
        _folder.Write("house", "BE-KIND.");
        await RevisionAsync(judge, revision => revision != before);
        var (_, kind) = await judge.ScoreAsync(One);
        held.SetResult();
        var (_, brief) = await under;

        Assert.Equal((4.0, 2.0), (Score(kind), Score(brief)));
        Assert.Equal(before, Revision(brief));
        var (_, again) = await judge.ScoreAsync(One);
        Assert.Equal((4.0, true, Revision(kind)), (Score(again), IsCached(again), Revision(again)));
    }

    [Fact]
    public async Task Jury_OfAJudgeThatNamesAPrinciple_HasAnotherRevisionToo()
    {
        _folder.Write("house", "BE-BRIEF.");
        await using var jury = await Juries.JuryGateway.StartAsync(
            [("jury", Juries.JuryGateway.Jury("mean")), ("a", Juries.JuryGateway.Judge("a").Replace("\"repairs\": 0", "\"principle\": \"house\"", StringComparison.Ordinal))],
            (judge, asked) => asked.Contains("BE-KIND.", StringComparison.Ordinal) ? "5" : "2",
            ("Gateway:PrinciplesFolder", _folder.Path), ("Gateway:PrinciplesPollMs", "100"));

        var (_, brief) = await jury.ScoreAsync(One);
        _folder.Write("house", "BE-KIND.");
        await RevisionAsync(jury.Gateway, "jury", revision => revision != Revision(brief));
        var (_, kind) = await jury.ScoreAsync(One);

        Assert.Equal((2.0, 3.0), (Score(brief), Score(kind)));
        Assert.Equal(4, jury.Asked.Length);
    }

    [Fact]
    public async Task Reload_ThatTakesThePrincipleAway_IsReportedAndNoneOfItComesIntoForce()
    {
        _folder.Write("house", "BE-BRIEF.");
        _folder.Write("other", "One.");
        await using var judge = await StartAsync(""" "principle": "house" """);
        var before = await RevisionAsync(judge, _ => true);

        File.Delete(_folder.File("house.md"));
        _folder.Write("other", "Two.");
        var fault = (await PrinciplesAsync(judge, list => list["faults"]!.AsArray().Count == 1))["faults"]![0]!;

        Assert.Equal(
            "model 'judge' goes by its manifest: 'principle' is 'house', and no principle has that name; known are 'other'.", fault["message"]!.GetValue<string>());
        Assert.Equal(before, await RevisionAsync(judge, _ => true));
        Assert.Equal(2.0, Score((await judge.ScoreAsync(One)).Json));
        Assert.Equal("One.", judge.Gateway.Services.GetRequiredService<PrincipleCatalog>().Find("other").Text);

        _folder.Write("house", "BE-KIND.");
        await PrinciplesAsync(judge, list => list["faults"]!.AsArray().Count == 0);
        Assert.Equal(4.0, Score((await judge.ScoreAsync(One)).Json));
    }

    [Fact]
    public async Task Score_RubricByName_IsWhereAnItemBringsNone()
    {
        _folder.WriteFile("house.md", "---\nid: house\nversion: 1\ntitle: House\nscale: {lowest: 0, highest: 9}\n---\nBE-KIND.\n");
        await using var judge = await StartAsync(""" "rubric": "house" """);

        var (status, reply) = await judge.ScoreAsync(One);

        Assert.Equal((200, 2.0), (status, Score(reply)));
        Assert.Contains("0 is the worst and 9 the best.", judge.Asked[0], StringComparison.Ordinal);
        Assert.DoesNotContain("BE-KIND.", judge.Asked[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""" "principle": "hose" """, "'principle' is 'hose', and no principle has that name; did you mean 'house'?")]
    [InlineData(""" "rubric": "House" """, "'rubric' is 'House', and no principle has that name; did you mean 'house'?")]
    [InlineData(""" "rubric": "house" """, "'rubric' is 'house', a principle without criteria or a scale; name one that has them, or write the rubric out.")]
    [InlineData(""" "principle": "compared" """, "'principle': the principle 'compared' is written for judges of the style pairwise and not for rubric; name another, or send its words as {\"text\": …}.")]
    [InlineData(""" "principle": "scaled", "rubric": "scaled", "criteria_fallback": "rubric" """, "'criteria_fallback' is 'rubric', and 'scaled' has no criteria; name a principle that has them, or write 'none'.")]
    public void Resolve_WhatCannotBeGoneBy_SaysWhatToMend(string more, string problem)
    {
        _folder.Write("house");
        _folder.WriteFile("scaled.md", "---\nid: scaled\nversion: 1\ntitle: Scaled\nscale: {lowest: 0, highest: 9}\n---\nBe kind.\n");
        _folder.WriteFile("compared.md", "---\nid: compared\nversion: 1\ntitle: Compared\nstyles: [pairwise]\n---\nBe kind.\n");
        var faults = new List<PrincipleFileFault>();
        var principles = PrincipleSet.Of(new PrincipleFolder(_folder.Path).Look(), faults)!;
        var problems = new List<string>();
        var manifest = new JudgeManifestReader(_ => null, _ => Engine.None).Read(Encoding.UTF8.GetBytes(JudgeGateway.Manifest(Rubric, more)), problems);
        Assert.Empty(problems);

        JudgePrinciples.Resolve(manifest!, principles, problems);

        Assert.Equal([problem], problems);
    }

    private Task<JudgeGateway> StartAsync(string more) => JudgeGateway.StartAsync(
        JudgeGateway.Manifest(Rubric, more), Answer, ("Gateway:PrinciplesFolder", _folder.Path), ("Gateway:PrinciplesPollMs", "100"));

    private static string Answer(string asked) => $$"""{"explanation": "x", "score": {{(asked.Contains("BE-KIND.", StringComparison.Ordinal) ? 4 : 2)}}}""";

    private static Task<string> RevisionAsync(JudgeGateway judge, Func<string, bool> until) => RevisionAsync(judge.Gateway, "judge", until);

    private static async Task<string> RevisionAsync(TestGateway gateway, string model, Func<string, bool> until)
    {
        var revision = "";
        await Eventually.TrueAsync(
            async () =>
            {
                var models = JsonNode.Parse(await gateway.Http.GetStringAsync("/v1/models", TestContext.Current.CancellationToken))!;
                revision = models["data"]!.AsArray().Single(card => card!["id"]!.GetValue<string>() == model)!["revision"]!.GetValue<string>();
                return until(revision);
            },
            "the judge has that revision");
        return revision;
    }

    private static async Task<JsonNode> PrinciplesAsync(JudgeGateway judge, Func<JsonNode, bool> until)
    {
        JsonNode list = null!;
        await Eventually.TrueAsync(
            async () => until(list = JsonNode.Parse(await judge.Gateway.Http.GetStringAsync("/v1/principles", TestContext.Current.CancellationToken))!), "the catalogue is like that");
        return list;
    }

    private static JsonNode First(JsonNode reply) => reply["results"]![0]!["scores"]![0]!;

    private static double Score(JsonNode reply) => First(reply)["score"]!.GetValue<double>();

    private static bool IsCached(JsonNode reply) => First(reply)["cached"]!.GetValue<bool>();

    private static string Revision(JsonNode reply) => reply["revision"]!.GetValue<string>();
}
