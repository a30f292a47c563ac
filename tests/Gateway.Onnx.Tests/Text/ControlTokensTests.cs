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

    // Hostile text is made of the beginnings that a thousand tokens share; each of its bytes costs at most the longest token, not a thousand.
    [Theory]
    [InlineData("<", 2)]
    [InlineData("<|", 3)]
    [InlineData("<|reserved_special_token_", 26)]
    [InlineData("<|reserved_special_token_999", 29)]
    public void LongestAt_BeginningsOfManyTokens_ReadsOnAsFarAsTheTextIsAToken(string beginning, int most)
    {
        var tokens = new ControlTokens(Enumerable.Range(0, 1000).Select(i => KeyValuePair.Create($"<|reserved_special_token_{i}|>", i)));
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(beginning, 1_000_000 / beginning.Length)));
        long read = 0;
        for (var at = 0; at < text.Length; at++)
        {
            var place = tokens.LongestAt(text.AsSpan(at));
            Assert.Equal((0, -1), (place.Length, place.Id));
            Assert.InRange(place.Read, 1, most);
            read += place.Read;
        }

        Assert.InRange(read, text.Length, 3L * text.Length);
        Assert.Equal(-1, tokens.FindFirst(text).Id);
    }
}
