using System.Numerics;

namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// How a short text stands to the prompt that it answers, as features: how many of its features are the prompt's too, whether both hold numbers,
/// code or quotations, and by which scripts they are. Whoever answers takes up what was asked; who puts off or judges himself need not, in any language.
/// </summary>
internal static class LearnedRelation
{
    /// <summary>How many bytes of the prompt's end are read.</summary>
    public const int Longest = 600;

    private const uint Prime = 0x01000193;
    private const uint OfRelation = 33;
    private const uint Share = 40 << 16;
    private const uint ShareByLength = 41 << 16;
    private const uint DigitsByLength = 42 << 16;
    private const uint DigitsAndQuotes = 43 << 16;
    private const uint Shared = 44 << 16;
    private const uint Code = 45 << 16;
    private const uint SharedByLength = 46 << 16;
    private const uint ShareOfPrompt = 47 << 16;
    private const uint Scripts = 49 << 16;

    /// <summary>The end of a prompt, where its question is.</summary>
    public static ReadOnlySpan<byte> End(ReadOnlySpan<byte> prompt)
    {
        var at = Math.Max(0, prompt.Length - Longest);
        while (at < prompt.Length && at > 0 && (prompt[at] & 0xC0) == 0x80)
        {
            at++;
        }

        return prompt[at..];
    }

    /// <summary>Adds the features.</summary>
    /// <param name="folded">The text.</param>
    /// <param name="prompt">The prompt, folded.</param>
    /// <param name="ofPrompt">The features of the prompt's words.</param>
    /// <param name="sum">The features of the text's words; where the others are added.</param>
    public static void Add(ReadOnlySpan<byte> folded, ReadOnlySpan<byte> prompt, in LearnedSum ofPrompt, ref LearnedSum sum)
    {
        var shared = sum.CountShared(ofPrompt);
        var share = Tenths(shared, sum.Count);
        var (length, bits) = (BitLength(folded.Length) << 8, BitLength(shared));
        var digits = (2 * Bit(prompt.ContainsAnyInRange((byte)'0', (byte)'9'))) + Bit(folded.ContainsAnyInRange((byte)'0', (byte)'9'));
        var code = (2 * Bit(prompt.IndexOfAny(CodeSigns) >= 0)) + Bit(folded.IndexOfAny(CodeSigns) >= 0);
        var quotes = Bit(prompt.IndexOfAny((byte)'\'', (byte)'"') >= 0);
        var ofPromptShare = Tenths(shared, ofPrompt.Count);
        Add(Share | share, ref sum);
        Add(ShareByLength | length | share, ref sum);
        Add(DigitsByLength | length | digits, ref sum);
        Add(DigitsAndQuotes | (8 * Bit(share > 0)) | (4 * quotes) | digits, ref sum);
        Add(Shared | bits, ref sum);
        Add(Code | code, ref sum);
        Add(SharedByLength | length | bits, ref sum);
        Add(ShareOfPrompt | ofPromptShare, ref sum);
        Add(Scripts | (4 * Bit(share > 0)) | (2 * Bit(IsMostlyBeyondAscii(prompt))) | Bit(IsMostlyBeyondAscii(folded)), ref sum);
    }

    private static ReadOnlySpan<byte> CodeSigns => "{}=`;<"u8;

    // An answer in another script than the question shares nothing with it.
    private static bool IsMostlyBeyondAscii(ReadOnlySpan<byte> text)
    {
        var (letters, beyond) = (0, 0);
        foreach (var one in text)
        {
            letters += char.IsAsciiLetterLower((char)one) ? 1 : 0;
            beyond += one >= 0x80 ? 1 : 0;
        }

        return beyond > letters;
    }

    private static uint Tenths(int part, int whole) => (uint)Math.Min(9, 10 * part / Math.Max(1, whole));

    private static uint BitLength(int value) => 32 - (uint)BitOperations.LeadingZeroCount((uint)value);

    private static uint Bit(bool value) => value ? 1u : 0;

    private static void Add(uint feature, ref LearnedSum sum) => sum.Add(feature * Prime, OfRelation);
}
