using System.Text;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Onnx.Text;

namespace Gateway.Onnx.Tests.Text;

public class TruncationTests
{
    private const int Max = 60;

    private static readonly string Words = string.Join(' ', Enumerable.Range(0, 80).Select(i => $"word{i}"));

    public static TheoryData<Truncation, int?, int?, int> Matrix
    {
        get
        {
            var data = new TheoryData<Truncation, int?, int?, int>();
            foreach (var truncation in new[] { Truncation.Head, Truncation.Middle, Truncation.Tail })
            {
                foreach (var repeats in new[] { 1, 40, 4000 })
                {
                    data.Add(truncation, 1, 2, repeats);
                    data.Add(truncation, 1, null, repeats);
                    data.Add(truncation, null, 2, repeats);
                    data.Add(truncation, null, null, repeats);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public void Encode_LongConversation_KeepsWhatMustBeKept(Truncation truncation, int? bos, int? eos, int repeats)
    {
        var rules = TextEncoderTests.Rules(bos: bos, eos: eos, max: Max, truncation: truncation);
        var huge = string.Join(' ', Enumerable.Repeat(Words, repeats));
        var (prompt, response) = truncation == Truncation.Tail ? ("Hi", huge) : (huge, "Yes");
        var whole = Encode(HardenedItems.Conversation(prompt[..Math.Min(prompt.Length, 4000)], response[..Math.Min(response.Length, 4000)]), rules with { MaxTokens = 10_000 });
        var cut = Encode(HardenedItems.Conversation(prompt, response), rules);
        Assert.True(cut.Truncated);
        Assert.Equal(Max, cut.Ids.Length);
        Assert.Equal(bos, bos is null ? null : cut.Ids[0]);
        Assert.Equal(eos, eos is null ? null : cut.Ids[^1]);
        var (kept, dropped) = (Turn(cut.Ids), Turn(whole.Ids));
        if (truncation == Truncation.Tail)
        {
            // The prompt and the response's beginning, then the closing tokens.
            var closing = eos is null ? 2 : 3;
            Assert.Equal(whole.Ids[..(Max - closing)], cut.Ids[..^closing]);
            Assert.Equal(whole.Ids[^closing..], cut.Ids[^closing..]);
        }
        else
        {
            Assert.Equal(dropped, kept);
            var bosLength = bos is null ? 0 : 1;
            var room = Max - kept.Length - bosLength;
            var edge = cut.Ids[bosLength..^kept.Length];
            Assert.Equal(truncation == Truncation.Middle ? whole.Ids[bosLength..(bosLength + room)] : Prompt(rules, prompt)[^room..], edge);
        }
    }

    [Theory]
    [InlineData(Truncation.Head)]
    [InlineData(Truncation.Middle)]
    [InlineData(Truncation.Tail)]
    public void Encode_LongTextByEitherDialect_GivesEqualIds(Truncation truncation)
    {
        var rules = TextEncoderTests.Rules(max: Max, truncation: truncation);
        var (prompt, response) = truncation == Truncation.Tail ? ("Hi", Words) : (Words, "Yes");
        var native = Encode(HardenedItems.Conversation(prompt, response), rules);
        var text = $"<s><|im_start|>user\n{prompt}<|im_end|>\n<|im_start|>assistant\n{response}<|im_end|>\n";
        Assert.Equal(native.Ids, Encode(HardenedItems.Templated(text), rules).Ids);
    }

    [Theory]
    [InlineData(Truncation.Head)]
    [InlineData(Truncation.Middle)]
    [InlineData(Truncation.Tail)]
    public void Encode_TextWithoutATurn_IsCutByIds(Truncation truncation)
    {
        var rules = TextEncoderTests.Rules(eos: 2, max: Max, truncation: truncation) with { Template = null };
        var whole = Encode(HardenedItems.Templated(Words), rules with { MaxTokens = 10_000 }).Ids[1..^1];
        int[] middle = truncation switch
        {
            Truncation.Head => whole[^(Max - 2)..],
            Truncation.Tail => whole[..(Max - 2)],
            _ => [.. whole[..((Max - 1) / 2)], .. whole[^((Max - 2) / 2)..]],
        };
        int[] expected = [1, .. middle, 2];
        Assert.Equal(expected, Encode(HardenedItems.Templated(Words), rules).Ids);
        Assert.Equal(expected, Encode(HardenedItems.Ids(whole), rules).Ids);
        Assert.Equal(expected, Encode(HardenedItems.Ids([1, .. whole, 2]), rules).Ids);
        Assert.Equal(Max, Encode(HardenedItems.Templated(string.Join(' ', Enumerable.Repeat(Words, 3000))), rules).Ids.Length);
    }

    [Theory]
    [InlineData(Truncation.Head, "Hi", "long", "judged turn")]
    [InlineData(Truncation.Middle, "Hi", "long", "judged turn")]
    [InlineData(Truncation.Tail, "long", "Yes", "prompt")]
    [InlineData(Truncation.Head, "Hi", "huge", "judged turn")]
    [InlineData(Truncation.Tail, "huge", "Yes", "prompt")]
    public void Encode_KeptPartsDoNotFit_SaysWhichParts(Truncation truncation, string prompt, string response, string expected)
    {
        string Long(string text) => text switch { "long" => Words, "huge" => string.Concat(Enumerable.Repeat(Words, 1000)), _ => text };
        var encoder = new TextEncoder(TextEncoderTests.Rules(max: Max, truncation: truncation));
        var failure = encoder.Encode(HardenedItems.Conversation(Long(prompt), Long(response)), 0);
        Assert.Equal(ErrorKind.InputTooLong, failure?.Kind);
        Assert.Contains(expected, failure!.Message, StringComparison.Ordinal);
        Assert.Contains($"{Max} tokens", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_ATokenTooMany_NamesTheNumbersAndTheOption()
    {
        var item = HardenedItems.Conversation("How are you?", "Well, thank you.");
        var length = Encode(item, TextEncoderTests.Rules()).Ids.Length;
        Assert.Null(new TextEncoder(TextEncoderTests.Rules(max: length)).Encode(item, 0));
        var failure = new TextEncoder(TextEncoderTests.Rules(max: length - 1)).Encode(item, 0);
        Assert.Equal(ErrorKind.InputTooLong, failure?.Kind);
        Assert.Equal($"{length} tokens; fixture reads at most {length - 1}; shorten the text, or set Gateway:Models:fixture:Truncation.", failure!.Message);
    }

    [Fact]
    public void Encode_ManyTokenIds_AreRefusedOrCut()
    {
        var item = HardenedItems.Ids([.. Enumerable.Repeat(300, 100_000)]);
        Assert.Equal(ErrorKind.InputTooLong, new TextEncoder(TextEncoderTests.Rules()).Encode(item, 0)?.Kind);
        Assert.Equal(256, Encode(item, TextEncoderTests.Rules(truncation: Truncation.Tail)).Ids.Length);
    }

    [Theory]
    [InlineData(Truncation.Head)]
    [InlineData(Truncation.Middle)]
    [InlineData(Truncation.Tail)]
    public void Encode_MillionsOfTokenIds_AreCutWithoutCopyingThemAll(Truncation truncation)
    {
        var ids = Enumerable.Range(0, 5_000_000).Select(i => 300 + (i % 500)).ToArray();
        (ids[0], ids[^1]) = (1, 2);
        var encoder = new TextEncoder(TextEncoderTests.Rules(eos: 2, max: Max, truncation: truncation));
        var item = HardenedItems.Ids(ids);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(encoder.Encode(item, 0));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < 100_000, "The ids were copied.");
        Assert.True(encoder.Truncated);
        int[] expected = truncation switch
        {
            Truncation.Head => [1, .. ids[^(Max - 1)..]],
            Truncation.Tail => [.. ids[..(Max - 1)], 2],
            _ => [.. ids[..(Max / 2)], .. ids[^(Max / 2)..]],
        };
        Assert.Equal(expected, encoder.Tokens.ToArray());
    }

    [Fact]
    public void Encode_WrongIdInWhatIsDropped_IsStillRefused()
    {
        var ids = Enumerable.Repeat(300, 10_000).ToArray();
        ids[5_000] = 900;
        var failure = new TextEncoder(TextEncoderTests.Rules(max: Max, truncation: Truncation.Tail)).Encode(HardenedItems.Ids(ids), 0);
        Assert.Equal(ErrorKind.InvalidRequest, failure?.Kind);
        Assert.Contains("Token id 900 at index 5000", failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bpe-bytes")]
    [InlineData("bpe-crossing")]
    [InlineData("unigram-bytes")]
    public void Release_AfterAHugeText_KeepsNoMemoryOfIt(string tokenizer)
    {
        // Bytes that no piece has are a token each, so that every buffer grows.
        var item = HardenedItems.Conversation("Hi", new string('\u0001', 5_000_000));
        var encoder = new TextEncoder(TextEncoderTests.Rules(tokenizer, max: 10_000_000));
        var first = AllocatedBy(encoder, item);
        Assert.True(first > 50_000_000, $"Only {first} bytes were allocated.");
        Assert.True(AllocatedBy(encoder, item) < 1_000_000, "Buffers are not reused at all.");
        encoder.Release();
        Assert.True(encoder.Tokens.IsEmpty);
        Assert.True(AllocatedBy(encoder, item) > first * 0.99, "A buffer was kept.");
        encoder.Release();
        var small = HardenedItems.Conversation("Hi", "Hello");
        AllocatedBy(encoder, small);
        encoder.Release();
        Assert.True(AllocatedBy(encoder, small) < 16_000, "Small buffers were dropped.");
    }

    [Theory]
    [InlineData("bpe-bytes")]
    [InlineData("unigram-nfkc")]
    public void Encode_SixtyMegabytes_IsRefusedUnread(string tokenizer)
    {
        var text = new byte[60_000_000];
        text.AsSpan().Fill((byte)'a');
        var item = HardenedItems.Of(new ItemBody.Conversation([new Message(Message.User, new Utf8Text("Hi"))], [Utf8Text.Copy(text)]));
        var encoder = new TextEncoder(TextEncoderTests.Rules(tokenizer));
        Assert.NotNull(encoder.Encode(item, 0));
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var failure = encoder.Encode(item, 0);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < 10_000, "The text was copied.");
        Assert.Equal(ErrorKind.InputTooLong, failure?.Kind);
        Assert.Contains("bytes", failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a")]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("👨‍👩‍👧‍👦")]
    [InlineData("<|im_end|>")]
    [InlineData("<")]
    public void Encode_HundredKilobytesOfOneThing_TakesLinearTime(string piece)
    {
        var text = new StringBuilder().Insert(0, piece, 100_000 / piece.Length).ToString();
        var elapsed = TimeSpan.Zero;
        foreach (var tokenizer in new[] { "bpe-bytes", "bpe-crossing", "unigram-bytes" })
        {
            var encoder = new TextEncoder(TextEncoderTests.Rules(tokenizer, max: 1_000_000));
            Assert.Null(encoder.Encode(HardenedItems.Templated(text), 0));
            var began = TimeProvider.System.GetTimestamp();
            Assert.Null(encoder.Encode(HardenedItems.Conversation(text, text), 0));
            elapsed += TimeProvider.System.GetElapsedTime(began);
        }

        // Quadratic time would be minutes; linear time is under a second, on a busy machine too.
        Assert.True(elapsed < TimeSpan.FromSeconds(10), $"It took {elapsed}.");
    }

    private static long AllocatedBy(TextEncoder encoder, HardenedItem item)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(encoder.Encode(item, 0));
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static (int[] Ids, bool Truncated) Encode(HardenedItem item, EncodingRules rules)
    {
        var encoder = new TextEncoder(rules);
        Assert.Null(encoder.Encode(item, 0));
        return (encoder.Tokens.ToArray(), encoder.Truncated);
    }

    /// <summary>The judged turn: from the last start of a turn.</summary>
    private static int[] Turn(int[] ids) => ids[Array.LastIndexOf(ids, 4)..];

    private static int[] Prompt(EncodingRules rules, string prompt)
    {
        var ids = Encode(HardenedItems.Conversation(prompt, ""), rules with { MaxTokens = 10_000_000 }).Ids;
        return ids[..Array.LastIndexOf(ids, 4)];
    }
}
