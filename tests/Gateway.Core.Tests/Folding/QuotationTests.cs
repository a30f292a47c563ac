using System.Text;
using CsCheck;
using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Tests.Folding;

/// <summary>What is quoted is the same whatever was asked before, and asking from front to back reads a text about once.</summary>
public sealed class QuotationTests
{
    private static readonly Gen<string> Text =
        Gen.OneOf("```", "`", "``", "\n", ">", "> ", " ", "\"", "word", "“", "”", "«", "»", "「", "」", "é", new string('x', 401)).Array[0, 40].Select(string.Concat);

    [Theory]
    [InlineData("say \"HERE\" now", true)]
    [InlineData("say \"x\" HERE now", false)]
    [InlineData("`HERE`", true)]
    [InlineData("```\nHERE\n```", true)]
    [InlineData("```\nx\n```\nHERE", false)]
    [InlineData("```\nHERE, and it never ends", false)]
    [InlineData("x\n  > HERE", true)]
    [InlineData("x > HERE", false)]
    [InlineData("“HERE”", true)]
    [InlineData("» HERE «", false)]
    public void Holds_APlace_TellsWhetherItIsShown(string text, bool expected) =>
        Assert.Equal(expected, new Quotation().Holds(Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetByteCount(text[..text.IndexOf("HERE", StringComparison.Ordinal)])));

    [Fact]
    public void Holds_AnyOrder_TellsWhatOneQuestionAloneDoes() =>
        Gen.Select(Text, Gen.Int[0, 1000].Array[1, 20]).Sample((text, places) =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var remembering = new Quotation();
            foreach (var place in places)
            {
                var at = place % (bytes.Length + 1);
                Assert.Equal(Alone(bytes, at), remembering.Holds(bytes, at));
            }
        });

    [Theory]
    [InlineData("word ")]
    [InlineData("\n> ")]
    [InlineData("```")]
    [InlineData(" ")]
    public void Holds_EveryPlaceFromFrontToBack_ReadsTheTextTwiceAndWhatIsNear(string unit)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(unit, 1_000_000 / unit.Length)));
        var quotation = new Quotation();
        const int Step = 500;
        for (var at = 0; at < bytes.Length; at += Step)
        {
            quotation.Holds(bytes, at);
        }

        Assert.InRange(quotation.BytesRead, bytes.Length, (2L * bytes.Length) + (bytes.Length / Step * 800L));
    }

    // The definition, read from the beginning each time.
    private static bool Alone(ReadOnlySpan<byte> text, int at)
    {
        var before = Encoding.Latin1.GetString(text[..at]);
        var after = Encoding.Latin1.GetString(text[at..]);
        var fences = 0;
        for (var i = before.IndexOf("```", StringComparison.Ordinal); i >= 0; i = before.IndexOf("```", i + 3, StringComparison.Ordinal))
        {
            fences++;
        }

        var line = before[(before.LastIndexOf('\n') + 1)..];
        if ((fences % 2 == 1 && after.Contains("```", StringComparison.Ordinal)) || line.TrimStart(' ').StartsWith('>'))
        {
            return true;
        }

        var near = line.Length > 400 ? line[^400..] : line;
        after = (after.Length > 400 ? after[..400] : after).Split('\n')[0];
        return (near.Count(c => c == '`') % 2 == 1 && after.Contains('`', StringComparison.Ordinal))
            || (near.Count(c => c == '"') % 2 == 1 && after.Contains('"', StringComparison.Ordinal))
            || Opens("“", "”", near, after) || Opens("«", "»", near, after) || Opens("「", "」", near, after);
    }

    private static bool Opens(string open, string close, string near, string after)
    {
        string Bytes(string mark) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(mark));
        return near.LastIndexOf(Bytes(open), StringComparison.Ordinal) > near.LastIndexOf(Bytes(close), StringComparison.Ordinal) && after.Contains(Bytes(close), StringComparison.Ordinal);
    }
}
