using System.Text;
using Gateway.Server.Watching;

namespace Gateway.Server.Tests.Watching;

public sealed class TextDigestTests
{
    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("7 bytes")]
    [InlineData("Let's solve this problem step by step.")]
    [InlineData("让我们一步一步地解决这个问题。")]
    public void Of_SameText_IsTheSame(string text) => Assert.Equal(Of(text), Of(text));

    [Theory]
    [InlineData("7", "8")]
    [InlineData("", " ")]
    [InlineData("Let's solve this problem step by step.", "Let's solve this problem step by step!")]
    public void Of_AnyOtherText_IsNotExactlyTheSame(string one, string other) => Assert.NotEqual(Of(one).Exact, Of(other).Exact);

    [Fact]
    public void Bands_OfOneTextWithAnotherNumberInIt_OftenAgree()
    {
        var texts = Enumerable.Range(100, 500).Select(number =>
            Of($"To solve this problem, we first look at what is given, then we set up an equation and solve it for the unknown. The answer is {number}.")).ToArray();

        var nearest = Enumerable.Range(0, TextDigest.Bands).Max(band => texts.GroupBy(text => text.Band(band)).Max(group => group.Count()));

        Assert.True(nearest > texts.Length * 0.7, $"{nearest} of {texts.Length} share a band");
    }

    /// <summary>The chance to share one band is about s², as MinHash promises, measured against exact Jaccard similarities.</summary>
    [Fact]
    public void Bands_OfRandomTexts_AgreeAsOftenAsTheirShinglesDo()
    {
        var random = new Random(7);
        foreach (var shared in (double[])[0, 0.3, 0.6, 0.8, 0.95])
        {
            double squared = 0;
            var agreed = 0;
            const int Pairs = 600;
            for (var pair = 0; pair < Pairs; pair++)
            {
                var one = RandomText(random, 1000);
                var other = string.Concat(one.AsSpan(0, (int)(1000 * shared)), RandomText(random, 1000 - (int)(1000 * shared)));
                var similarity = Jaccard(one, other);
                squared += similarity * similarity;
                var (a, b) = (Of(one), Of(other));
                agreed += Enumerable.Range(0, TextDigest.Bands).Count(band => a.Band(band) == b.Band(band));
            }

            Assert.InRange((double)agreed / (Pairs * TextDigest.Bands), (squared / Pairs) - 0.06, (squared / Pairs) + 0.06);
        }
    }

    [Fact]
    public void Of_HugeText_LooksAtItsBeginningOnlyForBands()
    {
        var text = RandomText(new Random(3), TextDigest.MostBytes);
        var (one, other) = (Of(text + "a"), Of(text + "b"));

        Assert.NotEqual(one.Exact, other.Exact);
        Assert.Equal(one.Band0, other.Band0);
    }

    internal static TextDigest Of(string text) => TextDigest.Of(Encoding.UTF8.GetBytes(text));

    private static string RandomText(Random random, int length) =>
        string.Create(length, random, (span, source) =>
        {
            foreach (ref var letter in span)
            {
                letter = (char)('a' + source.Next(26));
            }
        });

    private static double Jaccard(string one, string other)
    {
        var (a, b) = (Shingles(one), Shingles(other));
        var both = a.Count(b.Contains);
        return (double)both / (a.Count + b.Count - both);
    }

    private static HashSet<string> Shingles(string text) => [.. Enumerable.Range(0, text.Length - 7).Select(at => text.Substring(at, 8))];
}
