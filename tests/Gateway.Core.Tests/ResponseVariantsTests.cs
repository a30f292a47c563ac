using System.Text;
using CsCheck;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Core.Tests;

/// <summary>Variants of a response say the same and hold nothing new.</summary>
public sealed class ResponseVariantsTests
{
    private static readonly ResponseVariant[] All = Enum.GetValues<ResponseVariant>();

    [Theory]
    [InlineData(ResponseVariant.Trimmed, "  a b \n", "a b")]
    [InlineData(ResponseVariant.Trimmed, " ", "")]
    [InlineData(ResponseVariant.TrailingNewline, "a \n\n", "a\n")]
    [InlineData(ResponseVariant.TrailingNewline, "", "\n")]
    [InlineData(ResponseVariant.LeadingNewline, "\n\n a", "\na")]
    [InlineData(ResponseVariant.LineEnds, "a  \r\n  b\t\n", "a\n  b\n")]
    [InlineData(ResponseVariant.FinalMark, "It is 4", "It is 4.")]
    [InlineData(ResponseVariant.FinalMark, "It is 4.", "It is 4")]
    [InlineData(ResponseVariant.FinalMark, "and so on...", "and so on...")]
    [InlineData(ResponseVariant.FinalMark, ".", ".")]
    [InlineData(ResponseVariant.FinalMark, "x = 3)", "x = 3)")]
    [InlineData(ResponseVariant.FinalMark, "Antwort ist groß", "Antwort ist groß.")]
    [InlineData(ResponseVariant.PlainMarks, "\u201Cit\u2019s\u201D \u2013 3\u00A0kg", "\"it's\" - 3 kg")]
    [InlineData(ResponseVariant.PlainMarks, "\u201Cit\u2019s\u201D <fim\u2011prefix>", "\u201Cit\u2019s\u201D <fim\u2011prefix>")]
    [InlineData(ResponseVariant.PlainMarks, "<|end\u2010of\u2010turn|>", "<|end\u2010of\u2010turn|>")]
    [InlineData(ResponseVariant.PlainMarks, "<s> \u2013 <fim-prefix>", "<s> - <fim-prefix>")]
    [InlineData(ResponseVariant.PlainMarks, "x\u00B2 \uFF1A \uD83D\uDE00", "x\u00B2 \uFF1A \uD83D\uDE00")]
    public void Apply_EveryVariant_AsWrittenByHand(ResponseVariant variant, string response, string expected) =>
        Assert.Equal(expected, ResponseVariants.Apply(variant, response));

    [Fact]
    public void Apply_AnyTextAndTheCorpus_MakesNoControlTokenThatWasNotThere()
    {
        var breaker = new TokenBreaker([]);
        string[] attacks = [.. Attack.ReadPart("tune").Select(one => one.Attack.Text).Where(text => text.Length < 5_000)];
        Gen.Select(Texts.Any, Gen.Int[0, attacks.Length - 1], (before, attack) => before + attacks[attack]).Sample(
            text =>
            {
                // Once broken there is no token left, and no variant may put one together again.
                var broken = Broken(breaker, text);
                Assert.All(All, variant => Assert.Equal(ResponseVariants.Apply(variant, broken), Broken(breaker, ResponseVariants.Apply(variant, broken))));
            },
            iter: 2_000);
    }

    [Fact]
    public void Of_Conversation_GivesTheItemFirstAndEachTextOnce()
    {
        var item = new HardenedItem(Texts.Conversation([Texts.User("q")], "It is 4"), "policy", []);

        var variants = ResponseVariants.Of(item, All, template: null);

        Assert.Same(item, variants[0]);
        Assert.Equal(["It is 4", "It is 4\n", "\nIt is 4", "It is 4."], variants.Select(Response));
        Assert.All(variants, variant => Assert.Equal("policy", variant.PolicyDigest));
    }

    [Fact]
    public void Of_Templated_ChangesTheJudgedTurnAlone()
    {
        const string Prompt = "<|im_start|>user\nq?<|im_end|>\n<|im_start|>assistant\n";
        var item = new HardenedItem(new ScoreItem(Texts.Templated(Prompt + "It is 4<|im_end|>\n", Prompt)), "p", []);

        var variants = ResponseVariants.Of(item, [ResponseVariant.FinalMark], ChatTemplatePresets.Find("chatml"));

        Assert.Equal([Prompt + "It is 4<|im_end|>\n", Prompt + "It is 4.<|im_end|>\n"], variants.Select(variant => ((ItemBody.Templated)variant.Item.Body).Text.ToString()));
    }

    [Fact]
    public void Of_WhatHasNoResponseToBeTold_IsTheItemAlone()
    {
        var ids = new HardenedItem(new ScoreItem(new ItemBody.TokenIds([1, 2])), "p", []);
        var unknown = new HardenedItem(new ScoreItem(Texts.Templated("no turn")), "p", []);

        Assert.Same(ids, Assert.Single(ResponseVariants.Of(ids, All, null)));
        Assert.Same(unknown, Assert.Single(ResponseVariants.Of(unknown, All, ChatTemplatePresets.Find("chatml"))));
    }

    private static string Response(HardenedItem item) => ((ItemBody.Conversation)item.Item.Body).Responses[0].ToString();

    private static string Broken(TokenBreaker breaker, string text)
    {
        var broken = new System.Buffers.ArrayBufferWriter<byte>();
        breaker.Break(Encoding.UTF8.GetBytes(text), broken);
        return Encoding.UTF8.GetString(broken.WrittenSpan);
    }
}
