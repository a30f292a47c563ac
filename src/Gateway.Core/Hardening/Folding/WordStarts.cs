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
    private ulong _lastPairs;
    private ulong _lastTriples;
    private ulong _pairs;

    /// <summary>Reads the first block.</summary>
    /// <param name="padded">The folded text, followed by <see cref="TextFolder.Padding"/> zeros.</param>
    /// <param name="length">The bytes of the folded text.</param>
    /// <param name="wideFrom">The lowest first byte of the characters that each begin a word.</param>
    public WordStarts(ReadOnlySpan<byte> padded, int length, byte wideFrom)
    {
        _padded = padded;
        (_length, _wideFrom) = (length, Vector256.Create(wideFrom));
        Read(0);
    }

    /// <summary>Where letters that stand apart begin; -1 where there are none.</summary>
    public int SpacedAt { get; private set; } = -1;

    /// <summary>Where the first ASCII word of an odd length begins; -1 where there is none.</summary>
    public int LongWordAt { get; private set; } = -1;

    /// <summary>True where no word begins in twenty bytes on end, or nearly.</summary>
    public bool HasLongGap { get; private set; }

    /// <summary>True where four words begin each three bytes after the one before.</summary>
    public readonly bool HasPairs => _pairs != 0;

    /// <summary>A bit for each letter or digit of the block asked for, save characters that may each begin a term.</summary>
    public ulong Letters { get; private set; }

    /// <summary>The same of the block behind it.</summary>
    public ulong LettersBehind { get; private set; }

    /// <summary>One bit for each of the bytes from <paramref name="block"/> on that begins a word; blocks are asked for in order, and the one behind is read as well.</summary>
    public ulong At(int block)
    {
        var starts = _lastStarts;
        Letters = LettersBehind;
        Read(block + Block);
        return starts;
    }

    private void Read(int block)
    {
        ref var from = ref MemoryMarshal.GetReference(_padded);
        var low = Vector256.LoadUnsafe(ref from, (nuint)block);
        var high = Vector256.LoadUnsafe(ref from, (nuint)block + 32);
        var words = Mask(WordBytes(low), WordBytes(high));
        var wide = Mask(Vector256.GreaterThanOrEqual(low, _wideFrom), Vector256.GreaterThanOrEqual(high, _wideFrom));
        var starts = (words & ~((words << 1) | (_lastWords >> 63))) | wide;
        SeeSpaced(block, starts);
        SeePairs(starts);
        SeeGaps(block - Block, starts);
        var firstWide = Vector256.Create(TermKey.FirstWide);
        var letters = words & ~Mask(Vector256.GreaterThanOrEqual(low, firstWide), Vector256.GreaterThanOrEqual(high, firstWide));
        (_lastWords, _lastStarts, LettersBehind) = (words, starts, letters);
    }

    // Letters of which each begins two bytes after the one before.
    private void SeeSpaced(int block, ulong starts)
    {
        var pairs = starts & ((starts << 2) | (_lastStarts >> 62)) & ~((starts << 1) | (_lastStarts >> 63));
        var runs = pairs & ((pairs << 2) | (_lastPairs >> 62)) & ((pairs << 4) | (_lastPairs >> 60)) & ((pairs << 6) | (_lastPairs >> 58));
        for (; runs != 0 && SpacedAt < 0; runs &= runs - 1)
        {
            var at = block + BitOperations.TrailingZeroCount(runs);
            SpacedAt = IsLetter(at) && IsLetter(at - 2) && IsLetter(at - 4) && IsLetter(at - 6) ? at - (2 * SpacedLetters) : -1;
        }

        _lastPairs = pairs;
    }

    private void SeePairs(ulong starts)
    {
        var triples = starts & ((starts << 3) | (_lastStarts >> 61));
        _pairs |= triples & ((triples << 3) | (_lastTriples >> 61)) & ((triples << 6) | (_lastTriples >> 58));
        _lastTriples = triples;
    }

    // Of the block before, whose beginnings can be judged now: those after which no word begins for long.
    private void SeeGaps(int block, ulong next)
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

        HasLongGap |= block < 0 && (next & ((1UL << LongWord) - 1)) == 0 && _length >= LongWord;
    }

    private readonly bool IsLetter(int at) => _padded[at] is >= (byte)'a' and <= (byte)'z';

    private readonly bool IsAscii(int word) => (_padded[word] | _padded[word + 7] | _padded[word + 14]) < 0x80;

    private static ulong Mask(Vector256<byte> low, Vector256<byte> high) =>
        low.ExtractMostSignificantBits() | ((ulong)high.ExtractMostSignificantBits() << 32);

    /// <summary>A bit for each of sixteen bytes that is of a word, as <see cref="Term.IsWord"/> says.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint WordsOf(Vector128<byte> bytes)
    {
        var letters = Vector128.LessThanOrEqual(bytes - Vector128.Create((byte)'a'), Vector128.Create((byte)25));
        var digits = Vector128.LessThanOrEqual(bytes - Vector128.Create((byte)'0'), Vector128.Create((byte)9));
        return (letters | digits | bytes).ExtractMostSignificantBits();
    }

    private static Vector256<byte> WordBytes(Vector256<byte> bytes)
    {
        var letters = Vector256.LessThanOrEqual(bytes - Vector256.Create((byte)'a'), Vector256.Create((byte)25));
        var digits = Vector256.LessThanOrEqual(bytes - Vector256.Create((byte)'0'), Vector256.Create((byte)9));
        // Only the highest bits count.
        return letters | digits | bytes;
    }
}
