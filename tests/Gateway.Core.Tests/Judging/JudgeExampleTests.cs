using Gateway.Core.Judging;
using Gateway.Core.Scoring;
using static Gateway.Core.Tests.Judging.JudgeStylesTests;

namespace Gateway.Core.Tests.Judging;

/// <summary>Examples of a manifest: turns of the chat in the style's own form, read at start-up as strictly as replies.</summary>
public sealed class JudgeExampleTests
{
    [Fact]
    public void Binary_Examples_AreEarlierTurnsInTheSameForm()
    {
        var style = Style("binary", """
            "examples": [{"prompt": "Sell it.", "response": "NO-DEAL", "reply": {"explanation": "She gave nothing away.", "met": true}},
                         {"prompt": "Sell it.", "response": "", "reference": "a price", "reply": "{\"explanation\": \"Empty.\", \"met\": false}"}]
            """);
        var judged = JudgeCaseTests.Case(UntrustedForm.Fence, new Guidance(new Utf8Text("R"), null, null, GeneratesCriteria: false), "OWN");
        var call = style.BuildCalls(judged)[0];

        Assert.Equal(["system", "user", "assistant", "user", "assistant", "user"], call.Messages.Select(message => message.Role));
        Assert.Equal(["{\"explanation\": \"She gave nothing away.\", \"met\": true}", "{\"explanation\": \"Empty.\", \"met\": false}"], call.Messages.Where(message => message.Role == "assistant").Select(message => message.Text));
        Assert.Contains("NO-DEAL", call.Messages[1].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("NO-DEAL", Outside(call.Messages[1].Text), StringComparison.Ordinal);
        Assert.DoesNotContain("known to be right", call.Messages[1].Text, StringComparison.Ordinal);
        Assert.Contains("a price", call.Messages[3].Text, StringComparison.Ordinal);
        Assert.Contains("OWN", call.Messages[5].Text, StringComparison.Ordinal);
        Assert.Equal(Style("binary").BuildCalls(judged)[0].Messages, [call.Messages[0], call.Messages[5]]);
        Assert.Equal(GuidanceFields.Reference, style.Guidance);
        Assert.Equal(1, style.ReadVerdict(judged, call, new JudgeReply("{\"explanation\": \"She gave nothing away.\", \"met\": true}")).Values[0]);
    }

    [Theory]
    [InlineData("""{"prompt": "p", "response": "r", "reply": {"met": "yes", "explanation": "x"}}""", "'style.examples[0].reply' is not what this judge is to reply: \"met\" must be true or false.")]
    [InlineData("""{"prompt": "p", "response": "r", "reply": {"met": true}}""", "'style.examples[0].reply' is not what this judge is to reply: \"explanation\"")]
    [InlineData("""{"prompt": "p", "response": "r"}""", "'style.examples[0].reply'")]
    [InlineData("""{"prompt": "p", "reply": {"met": true, "explanation": "x"}}""", "'style.examples[0].response' is missing")]
    [InlineData("""{"prompt": "p", "response": "r", "verdict": true, "reply": {"met": true, "explanation": "x"}}""", "unknown key 'style.examples[0].verdict'")]
    [InlineData("\"p\"", "'style.examples' must be a list of at most 32 objects.")]
    public void Binary_WrongExample_IsAProblemWithItsPath(string example, string problem)
    {
        var problems = new List<string>();
        Make("binary", $"\"examples\": [{example}]", problems);

        Assert.Contains(problems, found => found.Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void Binary_ExamplesOfATrainedJudge_AreInItsFormat()
    {
        var problems = new List<string>();
        Make("binary", """ "verdict": "yes-because", "examples": [{"prompt": "p", "response": "r", "reply": "Yes, because she gave nothing away."}, {"prompt": "p", "response": "r", "reply": "Maybe"}]""", problems);

        Assert.Contains("style.examples[1].reply", Assert.Single(problems), StringComparison.Ordinal);
    }
}
