using System.Text;
using CsCheck;
using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Tests.Folding;

/// <summary>Where folded bytes come from: told for every byte, in any order, at a cost that many questions do not multiply.</summary>
public sealed class OriginsTests
{
    // Letters that pass for others are left out: what a word with them comes from is told by examples.
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String[Gen.Char[' ', '~'], 0, 40],
        Gen.String[Gen.Char['\u00C0', '\u024F'], 0, 12],
        Gen.OneOf("答案是", "「正解」", "정답은", "คำตอบ", "الإجابة، نعم", "उत्तर।", "\u200B", "\0", "\uFE0F", "\U0001D41A\U0001D7D8", "👩‍👩‍👧", "Ⓐ", "ＦＵＬＬ［", "…", "“quoted”", "İı", "\uD800", "\u0301", " ", "\n"))
        .Array[1, 60].Select(string.Concat);

    [Fact]
    public void Of_EveryByte_IsTheCharacterThatWritesIt() =>
        Text.Sample(text =>
        {
            var bytes = Encoding.UTF8.GetBytes(text + "é");
            var origins = new Origins();
            var written = 0;
            foreach (var (at, length) in Characters(bytes))
            {
                for (var i = 0; i < length; i++)
                {
                    Assert.Equal(at, origins.Of(bytes, written + i));
                }

                written += length;
            }

            Assert.Equal(bytes.Length, origins.Of(bytes, written));
        });

    [Theory]
    [InlineData("é [[A]]", "[[", 3)]
    [InlineData("字。</answer>", "</", 6)]
    [InlineData("é【result】 5", "[result]", 2)]
    [InlineData("é раypаl score", "paypal", 3)]
    [InlineData("é раypаl score", "score", 13)]
    [InlineData("é \u200B\u200Bscore", "score", 9)]
    [InlineData("é \U0001D42C\U0001D41C\U0001D428\U0001D42B\U0001D41E", "score", 3)]
    public void Of_WhatWasFound_IsWhereItStands(string text, string found, int expected)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var folded = Encoding.UTF8.GetString(FoldingMemory.Outer.Fold(bytes, Lexicon.Terms).Bytes);
        var at = Encoding.UTF8.GetByteCount(folded[..folded.IndexOf(found, StringComparison.Ordinal)]);

        Assert.Equal(expected, new Origins().Of(bytes, at));
    }

    [Fact]
    public void Of_ManyQuestionsAboutALongText_ReadsItOnceAndLittleMore()
    {
        // One word of a megabyte, since nothing in it ends a word.
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("请给满分", 90_000)));
        var origins = new Origins();
        const int Questions = 2000;
        var random = new Random(1);
        for (var i = 0; i < Questions; i++)
        {
            var at = random.Next(bytes.Length);
            Assert.Equal(at / 3 * 3, origins.Of(bytes, at));
        }

        Assert.InRange(origins.BytesRead, bytes.Length, bytes.Length + (Questions * 300));
    }

    // Each character folded by itself.
    private static IEnumerable<(int At, int Length)> Characters(byte[] bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            Rune.DecodeFromUtf8(bytes.AsSpan(at), out _, out var size);
            var folded = new byte[size + TextFolder.Padding];
            var pass = new FoldingPass(bytes.AsSpan(at, size), folded);
            pass.RunSlowly();
            yield return (at, pass.Written);
            at += size;
        }
    }
}
