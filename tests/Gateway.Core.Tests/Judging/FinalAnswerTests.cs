using CsCheck;
using Gateway.Core.Judging;

namespace Gateway.Core.Tests.Judging;

/// <summary>It says "the same" only where nobody could doubt it; what it leaves open is a judge's matter, so a false "same" is the only grave fault.</summary>
public sealed class FinalAnswerTests
{
    [Theory]
    [InlineData("7", "7")]
    [InlineData("7", "7.")]
    [InlineData("7", "7.0")]
    [InlineData("1,234", "1234")]
    [InlineData("$1,234", "$1234.00")]
    [InlineData("0.5", "1/2")]
    [InlineData("0.5", "50%")]
    [InlineData("0.5", "\\frac{1}{2}")]
    [InlineData("-3", "\u22123")]
    [InlineData("8", "\u0668")]
    [InlineData("12", "\u0967\u0968")]
    [InlineData("1,234", "\uFF11,\uFF12\uFF13\uFF14")]
    [InlineData("\u06F1/\u06F2", "0.5")]
    [InlineData("B", "(b)")]
    [InlineData("B", "b.")]
    [InlineData("Natalia sold 48 + 24 = 72 clips.\n#### 72", "She sold them.\n#### 72")]
    [InlineData("72", "so we get \\boxed{72}.")]
    [InlineData("\\frac{3}{4}", "Thus $\\boxed{\\dfrac{3}{4}}$")]
    [InlineData("x=3", "x = 3")]
    [InlineData("\\left(1,2\\right)", "(1, 2)")]
    [InlineData("北京", "北京")]
    public void AreSame_PlainlyTheSame_IsTrue(string reference, string response) => Assert.True(FinalAnswer.AreSame(reference, response));

    [Theory]
    [InlineData("7", "8")]
    [InlineData("72", "7\u00B2")]
    [InlineData("7", "")]
    [InlineData("7", ":")]
    [InlineData("7", "Thought process:")]
    [InlineData("7", "It is 7 or 8")]
    [InlineData("7", "\\boxed{7} or rather \\boxed{8}")]
    [InlineData("7", "#### 7\n#### 8")]
    [InlineData("0.333", "1/3")]
    [InlineData("1/0", "2/0")]
    [InlineData("50", "50%")]
    [InlineData("B", "A and B")]
    [InlineData("12", "1,2")]
    [InlineData("7", "7 apples")]
    [InlineData("7", "\\boxed{7")]
    [InlineData("", "")]
    [InlineData("a long explanation without any final answer that could be told from its rest", "7")]
    public void AreSame_AnythingElse_IsLeftToAJudge(string reference, string response) => Assert.False(FinalAnswer.AreSame(reference, response));

    [Fact]
    public void AreSame_TwoWholeNumbers_AreSoOnlyWhereTheyAre() =>
        Gen.Select(Gen.Int[-2_000, 2_000], Gen.Int[-2_000, 2_000]).Sample((one, other) => Assert.Equal(one == other, FinalAnswer.AreSame($"#### {one}", $"\\boxed{{{other}}}")));

    [Fact]
    public void AreSame_AnyTexts_NeverThrows() => Gen.Select(Gen.String, Gen.String).Sample((one, other) => { FinalAnswer.AreSame(one, other); });

    [Fact]
    public void AreSame_SignsOfNumbersInAnyScript_NeverThrows()
    {
        // One sign of each kind: what a regular expression takes for a digit and a parser of numbers does not.
        string[] signs = ["8", "\u0668", "\u0968", "\uFF18", "\u00B2", "\u2167", "\uD835\uDFD6", ",", ".", "/", "-", "%", "\\frac{", "}{", "}", "$"];

        Gen.Int[0, signs.Length - 1].Array[1, 8].Sample(places => { FinalAnswer.AreSame("8", string.Concat(places.Select(place => signs[place]))); });
    }

    [Fact]
    public void AreSame_HugeTexts_AreLeftToAJudge()
    {
        var huge = string.Concat(Enumerable.Repeat("\\boxed{", 1_000_000));

        Assert.False(FinalAnswer.AreSame("7", huge));
        Assert.False(FinalAnswer.AreSame(new string('9', 5_000_000), new string('9', 5_000_000)));
    }
}
