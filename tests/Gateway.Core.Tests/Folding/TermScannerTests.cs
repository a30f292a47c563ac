using System.Diagnostics;
using System.Text;
using CsCheck;
using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Tests.Folding;

/// <summary>The scan in blocks says what reading byte by byte says.</summary>
public sealed class TermScannerTests
{
    private const int LongWord = 20;
    private const int SpacedLetters = 4;

    private static readonly Gen<string> Pieces = Gen.OneOf(
        Gen.String[Gen.OneOf('a', 'b', 'z', '0', '9'), 0, 30],
        Gen.OneOf(" ", "  ", "\n", ", ", "-", "_", ":", "a b c d e f ", "1 2 3 4 5 6 ", "é", "ж", "правильный ответ", "字", "ก", "한", "\U0001D41A", "this response is correct. ", "i.g.n.o.r.e "),
        Gen.Int[15, 90].Select(count => new string(' ', count)),
        Gen.Int[15, 90].Select(count => new string('q', count)));

    private static readonly Gen<string> AnyText = Pieces.Array[0, 20].Select(string.Concat);

    // A first word of every length, and what may stand behind it: nothing, more letters, words of any length and script, signs.
    private static readonly string[] Written =
    [
        "this", "this response*", "response", "is correct*", "abba", "zzzzzzzz*", "zzzzzzzzz", "правильный", "правильный ответ*", "отве*", "по вашему", "за ответ*",
        "a star", "a st*", "of the best", "of it*", "to be or", "no deduct*", "let's", "let's say*", "10/10", "10 out of 10", "100%", "rate", "rate it*", "give*", "giving", "mark as a", "mark us*",
        "ai评分", "ai 评分*", "ai. no", "评分", "给这个回答", "星5", "คะแนน", "ให้คะแนน", "से अधिक", "अंक", "점수", "이 응답*", "الاج*", "من هنا",
    ];

    // Terms cut short, run on and parted by this and that.
    private static readonly Gen<string> TextOfTerms = Gen.OneOf(
        Pieces,
        Gen.Select(Gen.OneOf(Written), Gen.OneOf(" ", "  ", ", ", "\n", "-", " (", ">>", "      ", "字"), Gen.Int[0, 3], (term, between, cut) =>
        {
            var text = term.TrimEnd('*').Replace(" ", between, StringComparison.Ordinal);
            return text[..Math.Max(1, text.Length - (cut == 3 ? 1 : 0))];
        }),
        Gen.OneOf(" ", " ", " ", "s", "é", "ing ", "字", "ก", ".", "\n"),
        Gen.Int[50, 70].Select(count => new string('-', count))).Array[0, 60].Select(string.Concat);

    [Fact]
    public void Scan_AnyText_TellsTheDistancesBetweenBeginnings() =>
        AnyText.Sample(
            text =>
            {
                var (folded, facts) = Fold(text, out _);
                var (starts, expected) = (Starts(folded, facts.HasThaiOrLao), new TextFacts { SpacedAt = -1, LongWordAt = -1 });
                var run = 0;
                for (var i = 0; i < starts.Count; i++)
                {
                    var (at, next) = (starts[i], i + 1 < starts.Count ? starts[i + 1] : folded.Length);
                    run = i > 0 && at - starts[i - 1] == 2 && folded[at] is >= (byte)'a' and <= (byte)'z' ? run + 1 : 0;
                    expected.SpacedAt = run == SpacedLetters && expected.SpacedAt < 0 ? at - (2 * SpacedLetters) : expected.SpacedAt;
                    var isLong = next - at >= LongWord;
                    expected.HasLongGap |= isLong;
                    expected.LongWordAt = isLong && expected.LongWordAt < 0 && (folded[at] | folded[at + 7] | folded[at + 14]) < 0x80 ? at : expected.LongWordAt;
                }

                expected.HasLongGap |= (starts.Count == 0 ? folded.Length : starts[0]) >= LongWord;

                Assert.Equal((expected.SpacedAt, expected.LongWordAt, expected.HasLongGap), (facts.SpacedAt, facts.LongWordAt, facts.HasLongGap));
            },
            iter: 3000);

    [Fact]
    public void Scan_AnyText_FindsEveryTermThatBeginsAWord()
    {
        Term[] terms = [.. Written.Select((text, i) => new Term(Encoding.UTF8.GetBytes(text.TrimEnd('*')), isStem: text.EndsWith('*'), (TermClass)(i % 31)))];
        var index = new LexiconTerms(terms);
        TextOfTerms.Sample(
            text =>
            {
                var (folded, facts) = Fold(text, out var found, index);
                var expected = from at in Starts(folded, facts.HasThaiOrLao)
                               from term in terms
                               let end = term.EndAt(folded, at)
                               where end >= 0 && BeginsAlike(term.Text, folded.AsSpan(at))
                               select new TermHit(at, end, term.Meaning);

                Assert.Equal(expected.Order(ByPlace), found.Order(ByPlace));
                Assert.Equal(found.OrderBy(hit => hit.At).ThenBy(hit => hit.Class), found);
            },
            iter: 20_000);
    }

    // At every distance from where blocks and chunks of text end.
    [Theory]
    [InlineData(" ")]
    [InlineData("  ")]
    [InlineData(", \"")]
    [InlineData(" - (")]
    public void Scan_EveryTermOfTheLexicon_IsFoundWhateverPartsItsWords(string between)
    {
        var (scanner, found, hits) = (new TermScanner(), 0, new TermHit[8]);
        foreach (var (i, term) in Lexicon.Sought().Index())
        {
            var at = 1950 + (i % 130);
            byte[] text = [.. Enumerable.Repeat((byte)'.', at), .. term.Text.ToArray().SelectMany(letter => letter == ' ' ? Encoding.UTF8.GetBytes(between) : [letter]), (byte)'.'];
            var end = term.EndAt(text, at);
            var facts = default(TextFacts);
            var count = scanner.Scan([.. text, .. new byte[TextFolder.Padding]], text.Length, Lexicon.Terms, ref hits, ref facts);

            if (end >= 0 && Term.IsWord(term.Text[0]) && BeginsAlike(term.Text, text.AsSpan(at)))
            {
                Assert.True(hits.AsSpan(0, count).Contains(new TermHit(at, end, term.Meaning)), $"'{Encoding.UTF8.GetString(term.Text)}' is not found.");
                found++;
            }
        }

        Assert.True(found > 25_000, $"Only {found} terms are found.");
    }

    // A scan that is right with the vectors of this machine may be wrong without them.
    [Fact]
    public async Task Scan_WithoutVectorInstructions_FindsTheSame()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [typeof(TermScannerTests).Assembly.Location, "-noLogo", "-noColor", "-class", typeof(TermScannerTests).FullName!, "-method", "*AnyText*"])
        {
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_EnableHWIntrinsic"] = "0" },
        };
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(process.ExitCode == 0, said);
    }

    [Fact]
    public void New_ATermOfThreeBytes_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new LexiconTerms([new Term("abc"u8.ToArray(), isStem: false, TermClass.Self)]));

    private static readonly Comparer<TermHit> ByPlace = Comparer<TermHit>.Create((one, other) => (one.At, one.End, one.Class).CompareTo((other.At, other.End, other.Class)));

    private static (byte[] Folded, TextFacts Facts) Fold(string text, out TermHit[] hits, LexiconTerms? terms = null)
    {
        var folded = new FoldingMemory().Fold(Encoding.UTF8.GetBytes(text), terms ?? Lexicon.Terms);
        hits = folded.Terms.ToArray();
        return (folded.Bytes.ToArray(), folded.Facts);
    }

    // As the index compares first bytes: a space of the term stands for one sign that parts words, and within two bytes for a space alone.
    private static bool BeginsAlike(ReadOnlySpan<byte> term, ReadOnlySpan<byte> text)
    {
        for (var i = 0; i < 4; i++)
        {
            if (i >= text.Length || (term[i] != text[i] && !(i >= 2 && term[i] == ' ' && text[i] is (> 0 and < (byte)'0') or (byte)'_' or (byte)':')))
            {
                return false;
            }
        }

        return true;
    }

    private static List<int> Starts(byte[] folded, bool hasThaiOrLao)
    {
        var starts = new List<int>();
        for (var at = 0; at < folded.Length; at++)
        {
            var opensWord = Term.IsWord(folded[at]) && (at == 0 || !Term.IsWord(folded[at - 1]));
            if (opensWord || folded[at] >= (hasThaiOrLao ? 0xE0 : 0xE1))
            {
                starts.Add(at);
            }
        }

        return starts;
    }
}
