using Gateway.Core.Judging;
using Gateway.Core.Scoring;

namespace Gateway.Core.Tests.Judging;

public sealed class JudgePromptTests
{
    private static readonly string[] Names = ["prompt", "response", "reference"];

    [Fact]
    public void Write_Turns_AreTheFilesWithTheirValues()
    {
        var prompt = Read("=== system ===\nBe fair.\n=== user ===\nQ: {{prompt}}\nA: {{response}}\n");

        Assert.Equal(
            [new JudgeMessage("system", "Be fair."), new JudgeMessage("user", "Q: why\nA: because")],
            prompt.Write(Values(("prompt", "why"), ("response", "because"))));
    }

    [Fact]
    public void Write_ValueThatLooksLikeAPlace_IsNotReplacedAgain()
    {
        var prompt = Read("=== user ===\n{{prompt}}|{{response}}");

        Assert.Equal(
            "{{response}} {{#reference}}|{{prompt}}",
            prompt.Write(Values(("prompt", "{{response}} {{#reference}}"), ("response", "{{prompt}}")))[0].Text);
    }

    [Theory]
    [InlineData(true, "with r.")]
    [InlineData(false, "without.")]
    public void Write_Conditions_FollowWhatIsThere(bool isThere, string text)
    {
        var prompt = Read("=== user ===\n{{#reference}}with {{reference}}{{/reference}}{{^reference}}without{{/reference}}.");

        Assert.Equal(text, prompt.Write(isThere ? Values(("reference", "r")) : Values())[0].Text);
    }

    [Fact]
    public void Write_NeededValueIsMissing_SaysWhichToSend()
    {
        var fault = Assert.Throws<GatewayException>(() => Read("=== user ===\n{{reference}}").Write(Values()));

        Assert.Equal(ErrorKind.InvalidRequest, fault.Kind);
        Assert.Contains("'reference'", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no mark", "does not begin with a line")]
    [InlineData("words\n=== user ===\n", "does not begin with a line")]
    [InlineData("=== user ===\n{{respnse}}", "line 2 of the prompt: there is no value 'respnse'")]
    [InlineData("=== user ===\n\n{{/prompt}}", "line 3 of the prompt: '{{/prompt}}' ends what was not begun")]
    [InlineData("=== user ===\n{{#prompt}}x", "'prompt' is not ended")]
    [InlineData("=== user ===\n{{#prompt}}{{#response}}{{/prompt}}{{/response}}", "ends what was not begun")]
    [InlineData("=== user ===\n{{#prompt}}\n=== system ===\n{{/prompt}}\n=== user ===\n", "ends what was not begun")]
    [InlineData("=== user ===\nx\n=== assistant ===\ny", "last turn is of 'assistant'")]
    [InlineData("", "does not begin with a line")]
    public void Read_WrongFile_SaysWhereAndWhat(string text, string problem)
    {
        var problems = new List<string>();
        JudgePrompt.Read(text, Names, problems);

        Assert.Contains(problems, found => found.Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_PrincipleAsATurn_IsTheLastOne() => Assert.Equal(
        [new JudgeMessage("user", "why"), new JudgeMessage("assistant", "because"), new JudgeMessage("principle", "correctness")],
        Read("=== user ===\n{{prompt}}\n=== assistant ===\n{{response}}\n=== principle ===\ncorrectness\n").Write(Values(("prompt", "why"), ("response", "because"))));

    [Fact]
    public void Read_WindowsLineEnds_AreLineFeeds() => Assert.Equal("a\nb", Read("=== user ===\r\na\r\nb\r\n").Write(Values())[0].Text);

    private static JudgePrompt Read(string text)
    {
        var problems = new List<string>();
        var prompt = JudgePrompt.Read(text, Names, problems);
        Assert.Empty(problems);
        return prompt;
    }

    private static Dictionary<string, PromptText> Values(params (string Name, string Text)[] values) =>
        values.ToDictionary(value => value.Name, value => new PromptText(value.Text), StringComparer.Ordinal);
}
