using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// Where words begin in folded text, sixty-four bytes at a time, and what the distances between beginnings tell. Scripts without spaces begin
/// a word at each of their characters.
/// </summary>
internal ref struct WordStarts
{
    /// <summary>How many bytes one step reads.</summary>
    public const int Block = 64;

    private const int LongWord = 20;
    private const int SpacedLetters = 4;

    private readonly ReadOnlySpan<byte> _padded;
    private readonly int _length;
    private readonly Vector256<byte> _wideFrom;
    private ulong _lastWords;
    private ulong _lastStarts;
    private ulong _lastWide;
    private ulong _lastPairs;
    private ulong _lastTriples;
    private ulong _pairs;
    private ulong _carried;

    /// <summary>Reads the first block.</summary>
    /// <param name="padded">The folded text, followed by <see cref="TextFolder.Padding"/> zeros.</param>
    /// <param name="length">The bytes of the folded text.</param>
    /// <param name="wideFrom">The lowest first byte of the characters that each begin a word.</param>
    /// <param name="plain">Where the block is written as <see cref="TermBeginnings"/> reads it.</param>
    public WordStarts(ReadOnlySpan<byte> padded, int length, byte wideFrom, Span<byte> plain)
    {
        _padded = padded;
        (_length, _wideFrom) = (length, Vector256.Create(wideFrom));
        Read(0, plain);
        HasLongGap = (_lastStarts & ((1UL << LongWord) - 1)) == 0 && length >= LongWord;
    }

    /// <summary>Where letters that stand apart begin; -1 where there are none.</summary>
    public int SpacedAt { get; private set; } = -1;

    /// <summary>Where the first ASCII word of an odd length begins; -1 where there is none.</summary>
    public int LongWordAt { get; private set; } = -1;

    /// <summary>True where no word begins in twenty bytes on end, or nearly.</summary>
    public bool HasLongGap { get; private set; }

    /// <summary>True where four words begin each three bytes after the one before.</summary>
    public readonly bool HasPairs => _pairs != 0;

    /// <summary>
    /// One bit for each byte of a block that begins a word; for a word whose first byte is <see cref="TermKey.FirstWide"/> or above, its second byte's.
    /// Blocks are asked for in order, and the one behind is read as well.
    /// </summary>
    /// <param name="block">Where the block begins.</param>
    /// <param name="plain">Where the block behind is written as <see cref="TermBeginnings"/> reads it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong At(int block, Span<byte> plain)
    {
        var wide = _lastStarts & _lastWide;
        var begins = (_lastStarts & ~_lastWide) | (wide << 1) | _carried;
        _carried = wide >> 63;
        Read(block + Block, plain);
        return begins;
    }

    private void Read(int block, Span<byte> plain)
    {
        ref var from = ref MemoryMarshal.GetReference(_padded);
        var low = Vector256.LoadUnsafe(ref from, (nuint)block);
        var high = Vector256.LoadUnsafe(ref from, (nuint)block + 32);
        var (lowNarrow, highNarrow) = (Narrow(low), Narrow(high));
        var space = Vector256.Create((byte)' ');
        Vector256.ConditionalSelect(lowNarrow, low, space).CopyTo(plain);
        Vector256.ConditionalSelect(highNarrow, high, space).CopyTo(plain[32..]);
        var words = Mask(lowNarrow | low, highNarrow | high);
        var each = Mask(Vector256.GreaterThanOrEqual(low, _wideFrom), Vector256.GreaterThanOrEqual(high, _wideFrom));
        var starts = (words & ~((words << 1) | (_lastWords >> 63))) | each;
        SeeSpaced(block, starts);
        SeePairs(starts);
        SeeGaps(block - Block, starts);
        (_lastWords, _lastStarts, _lastWide) = (words, starts, words & ~Mask(lowNarrow, highNarrow));
    }

    // Letters of which each begins two bytes after the one before.
    private void SeeSpaced(int block, ulong starts)
    {
        var pairs = starts & ((starts << 2) | (_lastStarts >> 62)) & ~((starts << 1) | (_lastStarts >> 63));
        var runs = pairs & ((pairs << 2) | (_lastPairs >> 62));
        if (runs != 0)
        {
            runs &= ((pairs << 4) | (_lastPairs >> 60)) & ((pairs << 6) | (_lastPairs >> 58));
            for (; runs != 0 && SpacedAt < 0; runs &= runs - 1)
            {
                var at = block + BitOperations.TrailingZeroCount(runs);
                SpacedAt = IsLetter(at) && IsLetter(at - 2) && IsLetter(at - 4) && IsLetter(at - 6) ? at - (2 * SpacedLetters) : -1;
            }
        }

        _lastPairs = pairs;
    }

    private void SeePairs(ulong starts)
    {
        var triples = starts & ((starts << 3) | (_lastStarts >> 61));
        _pairs |= triples & ((triples << 3) | (_lastTriples >> 61)) & ((triples << 6) | (_lastTriples >> 58));
        _lastTriples = triples;
    }

    // Of the block before, whose beginnings can be judged now.
    private void SeeGaps(int block, ulong next)
    {
        var empty = ~_lastStarts;
        empty &= empty >> 1;
        empty &= empty >> 2;
        empty &= empty >> 4;
        empty &= empty >> 8;
        // Sixteen without a beginning, and three more.
        if ((empty & (empty >> 3)) != 0 || BitOperations.LeadingZeroCount(_lastStarts) + BitOperations.TrailingZeroCount(next) >= LongWord - 1)
        {
            SeeLongGaps(block, next);
        }
    }

    // Those after which no word begins for long.
    private void SeeLongGaps(int block, ulong next)
    {
        var (near, after) = ((_lastStarts >> 1) | (next << 63), next >> 1);
        for (var reach = 1; reach <= 8; reach *= 2)
        {
            near |= (near >> reach) | (after << (64 - reach));
            after |= after >> reach;
        }

        near |= (near >> 3) | (after << 61);
        for (var gaps = _lastStarts & ~near; gaps != 0; gaps &= gaps - 1)
        {
            var at = block + BitOperations.TrailingZeroCount(gaps);
            if (at + LongWord <= _length)
            {
                HasLongGap = true;
                LongWordAt = LongWordAt < 0 && IsAscii(at) ? at : LongWordAt;
            }
        }
    }

    private readonly bool IsLetter(int at) => _padded[at] is >= (byte)'a' and <= (byte)'z';

    private readonly bool IsAscii(int word) => (_padded[word] | _padded[word + 7] | _padded[word + 14]) < 0x80;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mask(Vector256<byte> low, Vector256<byte> high) =>
        low.ExtractMostSignificantBits() | ((ulong)high.ExtractMostSignificantBits() << 32);

    // The bytes of words below those that may each begin a term.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Narrow(Vector256<byte> bytes) =>
        InRange(bytes, (byte)'a', (byte)'z') | InRange(bytes, (byte)'0', (byte)'9') | InRange(bytes, 0x80, TermKey.FirstWide - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> InRange(Vector256<byte> bytes, byte first, byte last) =>
        Vector256.LessThanOrEqual(bytes - Vector256.Create(first), Vector256.Create((byte)(last - first)));
}
