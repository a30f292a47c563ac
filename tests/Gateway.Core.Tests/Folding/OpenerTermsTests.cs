using System.Text;
using CsCheck;
using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Tests.Folding;

/// <summary>The index says what trying every term says.</summary>
public sealed class OpenerTermsTests
{
    private static readonly Term[] Terms =
    [
        .. ((string[])["a", "a*", "a star", "as", "i", "i am", "i'm", "let", "let me*", "let's", "let us say", "l 1", "答", "答案", "答 案", "ответ", "о чём*", "é"])
            .Select((text, i) => new Term(Encoding.UTF8.GetBytes(text.TrimEnd('*')), isStem: text.EndsWith('*'), (TermClass)(32 + (i % 8)))),
    ];

    private static readonly OpenerTerms Index = new(Terms);

    [Fact]
    public void LongestAt_AnyText_IsTheLongestTermThatBeginsThere() =>
        Gen.OneOf(Gen.OneOf("a", "as", "star", "i", "am", "m", "let", "me", "us", "say", "l", "1", "答", "案", "答案", "ответ", "о", "чём", "é", "x"), Gen.OneOf(" ", " ", "'", "  ", "-", "\n")).Array[1, 12].Select(string.Concat).Sample(
            text =>
            {
                var folded = Encoding.UTF8.GetBytes(text);
                for (var at = 0; at < folded.Length; at++)
                {
                    var longest = Terms.OrderByDescending(term => term.Text.Length).FirstOrDefault(term => term.EndAt(folded, at) >= 0);

                    Assert.Same(longest, Index.LongestAt(folded, at, out var end));
                    Assert.Equal(longest?.EndAt(folded, at) ?? -1, end);
                }
            },
            iter: 20_000);
}
