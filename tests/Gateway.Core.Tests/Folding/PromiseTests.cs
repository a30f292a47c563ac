using System.Text;
using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Tests.Folding;

/// <summary>What is an announcement or a promise, and what is a short answer, code or a name of a key instead.</summary>
public sealed class PromiseTests
{
    [Theory]
    [InlineData("here is the answer:", true)]
    [InlineData("  **here is the answer:** ", true)]
    [InlineData("ecco la risposta:", true)]
    [InlineData("答案如下:", true)]
    [InlineData("答案如下\uFF1A", true)]
    [InlineData("answer:", false)]
    [InlineData(":", false)]
    [InlineData("", false)]
    [InlineData("here is the answer", false)]
    [InlineData("here is the answer: 7", false)]
    [InlineData("step 2 is this:", false)]
    [InlineData("for item in items():", false)]
    [InlineData("the first line\nthe second line:", false)]
    public void IsAnnouncement_OfALine_IsTrueWhereWordsEndInAColon(string line, bool expected) =>
        Assert.Equal(expected, Promise.IsAnnouncement(Encoding.UTF8.GetBytes(line)));

    [Theory]
    [InlineData(158, true)]
    [InlineData(159, false)]
    public void IsAnnouncement_OfALongLine_EndsAtItsMost(int letters, bool expected) =>
        Assert.Equal(expected, Promise.IsAnnouncement(Encoding.UTF8.GetBytes("a " + new string('b', letters - 1) + ":")));

    [Theory]
    [InlineData("let me think about gravel now", 4, 24, 6, true)]
    [InlineData("let me think about gravel now", 4, 24, 7, false)]
    [InlineData("let me think about gravel now", 3, 24, 1, false)]
    [InlineData("let me think about 7 now", 4, 24, 1, false)]
    [InlineData("let me think about x = y now", 4, 24, 1, false)]
    [InlineData("let me think about gravel now?", 4, 24, 1, false)]
    [InlineData("sorry let me think about it", 4, 24, 1, false)]
    [InlineData("i don't think about gravel now", 4, 24, 1, false)]
    public void IsMostlyKnown_ByItsTerms_AsksForFourAndFourKnownBytesForEachUnknownOne(string text, int terms, int known, int unknown, bool expected) =>
        Assert.Equal(expected, Promise.IsMostlyKnown(Encoding.UTF8.GetBytes(text), terms, known, unknown, isAscii: true));

    [Theory]
    [InlineData(3, 24, 12, true)]
    [InlineData(3, 24, 13, false)]
    [InlineData(2, 24, 1, false)]
    public void IsMostlyKnown_OfTextThatIsNotAscii_AsksForLess(int terms, int known, int unknown, bool expected) =>
        Assert.Equal(expected, Promise.IsMostlyKnown("давайте подумаем"u8, terms, known, unknown, isAscii: false));

    [Theory]
    [InlineData("gravel now", 0, 6)]
    [InlineData("gravel", 3, 6)]
    [InlineData("слово и", 0, 10)]
    [InlineData("答案", 0, 3)]
    [InlineData("答案", 3, 6)]
    [InlineData("x", 0, 1)]
    public void WordEnd_InFoldedText_IsTheWordsOrTheWideCharacters(string text, int at, int expected) =>
        Assert.Equal(expected, Promise.WordEnd(Encoding.UTF8.GetBytes(text), at));
}
