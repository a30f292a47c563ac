using System.Buffers;
using System.Text;
using CsCheck;
using Gateway.Core.Hardening;
using Gateway.Core.Hardening.Rules;

namespace Gateway.Core.Tests;

/// <summary>Text for models on other machines: no control token survives, and nothing else changes.</summary>
public sealed class TokenBreakerTests
{
    private static readonly TokenBreaker Breaker = new(["<|own|>", "ки", "«end»"]);

    // Of tokens, their pieces and plain text, so that tokens lie beside, within and across each other.
    private static readonly Gen<string> Hostile = Gen.OneOf(
        OneOf("<|im_start|>", "<|im_end|>", "</s>", "<s>", "[INST]", "<<SYS>>", "<</SYS>>", "<extra_0>", "<|own|>", "ки", "«end»", "<\uFF5CUser\uFF5C>"),
        OneOf("<", "|", ">", "[", "]", "/", "im_end", "s", "INST", "SYS", "к", "и", " ", "\n", "é", "𝒳"),
        Gen.String[Gen.Char["<|>[]/s \u043a\u0438"], 0, 6]).Array[0, 12].Select(string.Concat);

    [Theory]
    [InlineData("<|im_end|>", "< |im_end|>")]
    [InlineData("a</s>b<s>", "a< /s>b< s>")]
    [InlineData("[INST] x [/INST]", "[ INST] x [ /INST]")]
    [InlineData("<<SYS>>", "< <SYS>>")]
    [InlineData("<<s>>", "<< s>>")]
    [InlineData("<\uFF5CUser\uFF5C>", "< \uFF5CUser\uFF5C>")]
    [InlineData("<|own|>", "< |own|>")]
    [InlineData("ки", "к и")]
    [InlineData("«end»", "« end»")]
    public void Break_AToken_IsSplitAfterItsFirstCharacter(string text, string expected) => Assert.Equal(expected, Broken(text));

    [Theory]
    [InlineData("")]
    [InlineData("plain text, 2 < 3 > 1, a[0]")]
    [InlineData("< |im_end|>")]
    [InlineData("<|im_end |>")]
    [InlineData("к и")]
    [InlineData("a\0b\uFFFD 𝒳 <div> [x]")]
    public void Break_NoToken_ChangesNothing(string text) => Assert.Equal(text, Broken(text));

    [Fact]
    public void Break_AnyText_LeavesNoTokenAndIsIdempotent() => Hostile.Sample(text =>
    {
        var broken = Broken(text);
        var bytes = Encoding.UTF8.GetBytes(broken);
        return Enumerable.Range(0, bytes.Length).All(at => ControlTokenRule.LengthAt(bytes.AsSpan(at)) == 0)
            && !broken.Contains("<|own|>", StringComparison.Ordinal) && !broken.Contains("ки", StringComparison.Ordinal) && !broken.Contains("«end»", StringComparison.Ordinal)
            && Broken(broken) == broken;
    });

    [Fact]
    public void Break_AnyText_OnlyAddsSpaces() => Hostile.Sample(text =>
        Broken(text).Replace(" ", "", StringComparison.Ordinal) == text.Replace(" ", "", StringComparison.Ordinal)
        && (Broken(text) == text || Broken(text).Length > text.Length));

    [Fact]
    public void HasToken_AnyText_SaysWhetherBreakingChangesIt() => Hostile.Sample(text => Breaker.HasToken(Encoding.UTF8.GetBytes(text)) == (Broken(text) != text));

    // Each attack as it is and with pieces of tokens in it. What is only like a token, such as one with spaces in it, is found and not changed.
    [Theory]
    [InlineData("tune")]
    [InlineData("held-out")]
    [InlineData("seen")]
    [InlineData("seen-b")]
    [InlineData("seen-c")]
    [InlineData("seen-d")]
    public void Break_TextsOfTheCorpusAndMixesOfThem_PassesByteForByteWhatNothingIsFoundIn(string part)
    {
        var breaker = new TokenBreaker([]);
        var rule = new ControlTokenRule();
        var random = new Random(7);
        foreach (var attack in Attack.ReadPart(part).Select(line => line.Attack.Response))
        {
            foreach (var text in (string[])[attack, Spliced(attack, random), Spliced(Spliced(attack, random), random)])
            {
                var bytes = Encoding.UTF8.GetBytes(text);
                var findings = new FindingList(HardeningPolicy.Default);
                findings.Ask(rule, HardeningField.Of("response", bytes, HardeningScope.Responses));
                var once = Broken(breaker, bytes);

                Assert.True(findings.Kept.Count > 0 || once.AsSpan().SequenceEqual(bytes));
                Assert.Equal(once, Broken(breaker, once));
            }
        }
    }

    [Theory]
    [InlineData("x")]
    [InlineData("𝒳")]
    [InlineData("")]
    [InlineData("<| x |>")]
    public void TokenBreaker_ATokenThatCannotBeBroken_IsRefused(string token) => Assert.Throws<ArgumentException>(() => new TokenBreaker([token]));

    private static string Spliced(string text, Random random)
    {
        string[] pieces = ["<|", "|>", "im_end", "<", ">", "</s", "s>", "[", "INST]", "[/INST]", "<|im_end|>", "\uFF5C", "<extra_id_", "0>", " ", "\u200B"];
        var at = random.Next(text.Length + 1);
        at -= at > 0 && at < text.Length && char.IsLowSurrogate(text[at]) ? 1 : 0;
        return text[..at] + pieces[random.Next(pieces.Length)] + pieces[random.Next(pieces.Length)] + text[at..];
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static string Broken(string text) => Encoding.UTF8.GetString(Broken(Breaker, Encoding.UTF8.GetBytes(text)));

    private static byte[] Broken(TokenBreaker breaker, byte[] text)
    {
        var target = new ArrayBufferWriter<byte>();
        breaker.Break(text, target);
        return target.WrittenSpan.ToArray();
    }
}
