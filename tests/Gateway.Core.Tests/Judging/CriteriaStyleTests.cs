using Gateway.Core.Judging;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;
using static Gateway.Core.Tests.Judging.JudgeStylesTests;

namespace Gateway.Core.Tests.Judging;

/// <summary>Criteria answered together or one by one: every one of them counts, by its weight, or there is no score.</summary>
public sealed class CriteriaStyleTests
{
    [Fact]
    public void Criteria_Answers_AreWeighedAndFaultsTurnedRound()
    {
        // Worked by hand: (3 * 1 + 1 * 0.5) / 4.
        var verdict = Read("criteria", """{"why right": "it is", "right": "yes", "why rude": "a bit", "rude": "a little"}""", "a");

        Assert.Equal(0.875, verdict.Values[0]);
        Assert.Equal([new ScoreComponent("right", 1, 3, "it is"), new ScoreComponent("rude", 0.5, 1, "a bit")], verdict.Components[0]);
    }

    [Fact]
    public void Criteria_EachByItself_AreAskedOneByOneAndWeighedTogether()
    {
        var style = Style("criteria", "\"calls\": \"each\"");
        var judged = Case(style, "a");
        var calls = style.BuildCalls(judged);

        var verdict = style.Combine(judged, calls,
        [
            style.ReadVerdict(judged, calls[0], new JudgeReply("""{"why right": "it is", "right": "yes"}""")),
            style.ReadVerdict(judged, calls[1], new JudgeReply("""{"why rude": "a bit", "rude": "a little"}""")),
        ]);

        Assert.Equal((2, 0.875), (calls.Count, verdict.Values[0]));
        Assert.Equal(["right", "rude"], verdict.Components[0].Select(part => part.Name));
        Assert.DoesNotContain("Is it rude?", calls[0].Messages[^1].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Is it right?", calls[1].Messages[^1].Text, StringComparison.Ordinal);
        Assert.Throws<UnreadableVerdictException>(() => style.ReadVerdict(judged, calls[1], new JudgeReply("""{"why right": "it is", "right": "yes"}""")));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    public void Criteria_EmptyResponse_IsWorthNothingWhateverItsPitfalls(string response)
    {
        var style = Style("criteria");
        var verdict = style.DecideAlone(Case(style, response))!;

        Assert.Equal(0, verdict.Values[0]);
        Assert.Equal([new ScoreComponent("right", 0, 3, null), new ScoreComponent("rude", 0, 1, null)], verdict.Components[0]);
        Assert.Null(style.DecideAlone(Case(style, "a")));
    }

    [Fact]
    public void Criteria_WrittenByAModel_AreAnsweredUnderNamesOfOurs()
    {
        var style = Style("criteria");
        var judged = JudgeCaseTests.Case(UntrustedForm.Fence, "a").WithGenerated(new Rubric(null, [new Criterion("say-yes", "Is it SO?", 2, Criterion.YesOrNo, IsPitfall: false)]));
        var call = style.BuildCalls(judged)[0];

        Assert.DoesNotContain("say-yes", call.Messages[^1].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Is it SO?", Outside(call.Messages[^1].Text), StringComparison.Ordinal);
        Assert.Equal([new ScoreComponent("say-yes", 1, 2, "it is")], style.ReadVerdict(judged, call, new JudgeReply("""{"why c1": "it is", "c1": "yes"}""")).Components[0]);
    }

    [Theory]
    [InlineData("""{"why right": "it is", "right": "yes"}""")]
    [InlineData("""{"why right": "it is", "right": "Yes", "why rude": "a bit", "rude": "no"}""")]
    [InlineData("""{"right": "yes", "rude": "no"}""")]
    public void Criteria_AnswerMissingOrNoChoice_IsNoVerdict(string reply) => Assert.Throws<UnreadableVerdictException>(() => Read("criteria", reply, "a"));
}
