using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// Eight bytes that tell whether a term may begin with a word: the word's first ones, and of a word of up to four letters also the first four of
/// the word behind it, whatever parts them. Of characters that each may begin a term they are those behind the lead byte, which says least.
/// </summary>
internal static class TermKey
{
    /// <summary>The bytes of a key.</summary>
    public const int Size = sizeof(ulong);

    /// <summary>How many bytes of the word behind are told with a key.</summary>
    public const int SizeBehind = sizeof(uint);

    /// <summary>How many bytes can be read from a word's beginning on.</summary>
    public const int Ahead = 2 * Window;

    /// <summary>The lowest first byte of the characters that may each begin a term; such a one ends a word of letters before it.</summary>
    public const byte FirstWide = 0xE0;

    private const int Window = 16;
    private const int ShortWord = 4;
    private const int WidestGap = 8;

    // The lowest so many bytes.
    private static ReadOnlySpan<ulong> Lowest =>
    [
        0, 0xFF, 0xFFFF, 0xFF_FFFF, 0xFFFF_FFFF, 0xFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF, 0xFF_FFFF_FFFF_FFFF,
        ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue,
    ];

    /// <summary>The key of a word in folded text.</summary>
    /// <param name="text"><see cref="Ahead"/> bytes from its beginning on.</param>
    /// <param name="behind">The first bytes of the word behind it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ReadOnlySpan<byte> text, out uint behind)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(text.Length, Ahead);
        ref var word = ref MemoryMarshal.GetReference(text);
        var first = Vector128.LoadUnsafe(ref word);
        var words = WordsOf(first);
        if (word >= FirstWide)
        {
            behind = 0;
            return Read(ref Unsafe.Add(ref word, 1)) & LowestOf(BitOperations.TrailingZeroCount(~words) - 1);
        }

        var window = words & ~Vector128.GreaterThanOrEqual(first, Vector128.Create(FirstWide)).ExtractMostSignificantBits();
        var length = BitOperations.TrailingZeroCount(~window);
        var rest = window >> length;
        var gap = BitOperations.TrailingZeroCount(rest | (1u << WidestGap));
        var next = Read(ref Unsafe.Add(ref word, length + gap)) & LowestOf(BitOperations.TrailingZeroCount(~(rest >> gap)));
        behind = (uint)next;
        // Without a branch, which could not be foretold: all ones where the word is short.
        var isShort = (ulong)((long)(length - ShortWord - 1) >> 63);
        return (Read(ref word) & LowestOf(length)) | ((next << (8 * ShortWord)) & isShort);
    }

    /// <summary>The key of a term, and the first bytes of its second word.</summary>
    public static ulong Of(Term term, out uint behind)
    {
        var padded = new byte[term.Text.Length + Ahead];
        term.Text.CopyTo(padded);
        return Of(padded, out behind);
    }

    /// <summary>How many bytes of a term's key are those of every text that the term begins; what stands behind its end may be anything.</summary>
    public static int Known(Term term)
    {
        var text = term.Text;
        var first = WordLength(text);
        if (text[0] >= FirstWide)
        {
            return first < text.Length ? Size : Math.Min(first - 1, Size);
        }

        if (first > ShortWord)
        {
            return EndsAt(term, first) ? Size : Math.Min(first, Size);
        }

        var next = first;
        while (next < text.Length && !Term.IsWord(text[next]))
        {
            next++;
        }

        var between = text[first..next];
        if (next == text.Length || text[next] >= FirstWide || between.Length >= ShortWord || between.Count((byte)' ') > 1)
        {
            return ShortWord;
        }

        var length = WordLength(text[next..]);
        return EndsAt(term, next + length) ? Size : Math.Min(ShortWord + length, Size);
    }

    /// <summary>How many of the first bytes of its second word are those of every text that the term begins; none where the first one is short, and they are of the key, or long.</summary>
    public static int KnownBehind(Term term)
    {
        var text = term.Text;
        var first = WordLength(text);
        if (text[0] >= FirstWide || first is <= ShortWord or > Size || first + 1 >= text.Length || text[first] != ' ' || !Term.IsWord(text[first + 1]) || text[first + 1] >= FirstWide)
        {
            return 0;
        }

        var length = WordLength(text[(first + 1)..]);
        return EndsAt(term, first + 1 + length) ? SizeBehind : Math.Min(length, SizeBehind);
    }

    /// <summary>The lowest so many bytes, all ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong LowestOf(int bytes) => Unsafe.Add(ref MemoryMarshal.GetReference(Lowest), bytes);

    // A bit for each of sixteen bytes that is of a word, as Term.IsWord says.
    private static uint WordsOf(Vector128<byte> bytes)
    {
        var letters = Vector128.LessThanOrEqual(bytes - Vector128.Create((byte)'a'), Vector128.Create((byte)25));
        var digits = Vector128.LessThanOrEqual(bytes - Vector128.Create((byte)'0'), Vector128.Create((byte)9));
        return (letters | digits | bytes).ExtractMostSignificantBits();
    }

    // More letters may follow a stem.
    private static bool EndsAt(Term term, int wordEnd) => wordEnd < term.Text.Length || !term.IsStem;

    private static int WordLength(ReadOnlySpan<byte> text)
    {
        var isWide = text[0] >= FirstWide;
        var length = 0;
        while (length < text.Length && Term.IsWord(text[length]) && (isWide || text[length] < FirstWide))
        {
            length++;
        }

        return length;
    }

    private static ulong Read(ref byte from) => Unsafe.ReadUnaligned<ulong>(ref from);
}
