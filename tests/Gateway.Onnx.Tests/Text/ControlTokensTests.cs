using System.Text;
using Gateway.Onnx.Text;

namespace Gateway.Onnx.Tests.Text;

public class ControlTokensTests
{
    [Theory]
    [InlineData("", 0, 0, -1)]
    [InlineData("plain", 5, 0, -1)]
    [InlineData("x<a", 3, 0, -1)]
    [InlineData("x<a>", 1, 3, 7)]
    [InlineData("x<a><b>", 1, 6, 8)]
    [InlineData("x<a><c>", 1, 3, 7)]
    [InlineData("<<<a>", 2, 3, 7)]
    [InlineData("<a[", 2, 1, 9)]
    public void FindFirst_Text_GivesTheLongestAtTheFirstPlace(string text, int at, int length, int id)
    {
        var tokens = new ControlTokens([new("<a>", 7), new("<a><b>", 8), new("[", 9), new("", 10)]);
        Assert.Equal((at, length, id), tokens.FindFirst(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(6, tokens.LongestBytes);
    }

    [Fact]
    public void FindFirst_NoTokens_FindsNone()
    {
        var tokens = new ControlTokens([]);
        Assert.Equal((1, 0, -1), tokens.FindFirst("<"u8));
        Assert.Equal(1, tokens.LongestBytes);
    }

    [Theory]
    [InlineData("<")]
    [InlineData("<|")]
    [InlineData("<|reserved_special_token_")]
    public void FindFirst_BeginningsOfManyTokens_CostNoLookAtEach(string beginning)
    {
        var tokens = new ControlTokens(Enumerable.Range(0, 1000).Select(i => KeyValuePair.Create($"<|reserved_special_token_{i}|>", i)));
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(beginning, 16_000_000 / beginning.Length)));
        var began = TimeProvider.System.GetTimestamp();
        Assert.Equal(-1, tokens.FindFirst(text).Id);

        // A look at every token would be many times this for the shorter beginnings; it is a fraction of a second.
        Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(5), $"It took {TimeProvider.System.GetElapsedTime(began)}.");
    }
}
