using Gateway.Core.Scoring;

namespace Gateway.Core.Tests;

public sealed class ReasoningTextTests
{
    [Theory]
    [InlineData("<think>hm</think>\n\n 42", "42")]
    [InlineData("42", "42")]
    [InlineData("<think>never closed", "<think>never closed")]
    [InlineData("<think>a</think>b</think> \r\n\tc ", "c ")]
    [InlineData("hm</think>42", "42")]
    [InlineData("<think>only</think>", "")]
    [InlineData("<think>only</think> \n", "")]
    [InlineData("", "")]
    [InlineData("<think>Tür</think>Straße", "Straße")]
    [InlineData("<think>a</think>\u00A0b", "\u00A0b")]
    [InlineData("<THINK>a</THINK>b", "<THINK>a</THINK>b")]
    public void Apply_Strip_LeavesWhatFollowsTheLastClose(string response, string expected) =>
        Assert.Equal(expected, ReasoningText.Apply(new Utf8Text(response), Reasoning.Strip).ToString());

    [Theory]
    [InlineData("<think>hm</think>\n\n42")]
    [InlineData("42 ")]
    public void Apply_Keep_IsTheSameText(string response) =>
        Assert.Equal(response, ReasoningText.Apply(new Utf8Text(response), Reasoning.Keep).ToString());

    [Fact]
    public void Apply_LeasedText_StaysLeased()
    {
        using var lease = new TextLease();
        var stripped = ReasoningText.Apply(lease.Text("<think>hm</think> 42"), Reasoning.Strip);

        Assert.True(stripped.IsLeased);
        Assert.Equal("42", stripped.ToString());
    }
}
