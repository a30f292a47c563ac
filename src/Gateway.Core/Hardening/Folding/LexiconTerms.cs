using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// Terms found in two steps, each a bit per hash that says that no term begins with a word: of the word's first four bytes, the answer for half of
/// honest text, and of those bytes of its <see cref="TermKey"/> that are known of each term of that beginning, the answer for nearly all the rest.
/// </summary>
internal sealed class LexiconTerms
{
    private const int FirstSize = sizeof(uint);
    private const int BeginBits = 17;
    private const int ShiftBits = 15;
    private const int KeyBits = 21;
    private const int BitsOfKey = 8 * TermKey.Size;

    // Leaves one byte of a key, so that it is hardly a term's.
    private const byte NoTerm = 7;

    // What parts words is compared as a space where a short first word ends within the first bytes.
    private static readonly byte[] Parted = [.. Enumerable.Range(0, 256).Select(value => Parts((byte)value) ? (byte)' ' : (byte)value)];

    private readonly ulong[] _begins = new ulong[(1 << BeginBits) / 64];

    // How many bytes are not known of each of the terms of a beginning, and in the higher bits how many of the word behind are.
    private readonly byte[] _shifts = new byte[1 << ShiftBits];
    private readonly ulong[] _keys = new ulong[(1 << KeyBits) / 64];

    // By the whole key, and of terms of which less is known by what is; the former have those of the latter that begin so.
    private readonly FrozenDictionary<ulong, Keyed[]> _whole;
    private readonly FrozenDictionary<ulong, Keyed[]> _loose;
    private readonly FrozenDictionary<uint, Term[]> _byFirstBytes;

    /// <summary>An index of these terms.</summary>
    /// <exception cref="ArgumentException">A term has fewer than four bytes.</exception>
    public LexiconTerms(IEnumerable<Term> terms)
    {
        // In the order in which terms that begin at one place are told.
        Keyed[] all = [.. terms.OrderBy(term => term.Meaning).ThenBy(term => term.Text.Length).Select(Keyed.Of)];
        Array.Fill(_shifts, NoTerm);
        foreach (var one in all)
        {
            foreach (var beginning in Beginnings(one.Key, one.Shift))
            {
                ref var known = ref _shifts[ShiftAt(beginning)];
                known = known == NoTerm ? one.Code : (byte)(Math.Max(known & NoTerm, one.Code & NoTerm) | Math.Min(known & ~NoTerm, one.Code & ~NoTerm));
            }
        }

        var groups = all.GroupBy(one => Shared(one.Key, one.Behind)).ToArray();
        _whole = groups.SelectMany(group => group.Where(one => one.Shift == 0).GroupBy(one => Whole(one.Key, one.Behind), (key, ones) => (Key: key, Terms: Alike([.. group], ones))))
            .ToFrozenDictionary(pair => pair.Key, pair => pair.Terms);
        _loose = groups.Where(group => group.Any(one => one.Shift > 0)).ToFrozenDictionary(group => group.Key, group => group.Where(one => one.Shift > 0).ToArray());
        _byFirstBytes = all.GroupBy(one => FirstBytes(one.Term.Text), one => one.Term).ToFrozenDictionary(group => group.Key, group => group.ToArray());
        foreach (var first in _byFirstBytes.Keys)
        {
            _begins[Hash(first) >> 6] |= 1UL << (int)Hash(first);
        }

        foreach (var group in groups)
        {
            _keys[Hash(group.Key) >> 6] |= 1UL << (int)Hash(group.Key);
        }
    }

    /// <summary>Gathers the words of a block of text that share their first bytes with a term; returns how many.</summary>
    /// <param name="text">The text's rest from the block on, and <see cref="TextFolder.Padding"/> zeros.</param>
    /// <param name="starts">A bit for each byte of the block that begins a word.</param>
    /// <param name="block">Where the block begins.</param>
    /// <param name="places">Where the words' places are written.</param>
    public int Begun(ReadOnlySpan<byte> text, ulong starts, ushort block, Span<ushort> places)
    {
        // Checked once, so that no place need be: this loop is much of what clean text costs.
        ArgumentOutOfRangeException.ThrowIfLessThan(text.Length, WordStarts.Block + FirstSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(places.Length, WordStarts.Block);
        ref var from = ref MemoryMarshal.GetReference(text);
        ref var to = ref MemoryMarshal.GetReference(places);
        ref var begins = ref MemoryMarshal.GetArrayDataReference(_begins);
        var count = 0;
        for (; starts != 0; starts &= starts - 1)
        {
            var at = BitOperations.TrailingZeroCount(starts);
            Unsafe.Add(ref to, count) = (ushort)(block + at);
            var hash = Hash(FirstBytes(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref from, at))));
            count += (int)(Unsafe.Add(ref begins, hash >> 6) >> (int)hash) & 1;
        }

        return count;
    }

    /// <summary>Leaves of these places those whose words share their key with a term; returns how many.</summary>
    public int Sift(WordKeys words, Span<ushort> places)
    {
        var count = 0;
        foreach (var place in places)
        {
            places[count] = place;
            var hash = Hash(Shared(words.At(place, out var behind), behind));
            count += (int)(_keys[hash >> 6] >> (int)hash) & 1;
        }

        return count;
    }

    /// <summary>Adds the terms that begin with a word that <see cref="Sift"/> left.</summary>
    /// <param name="folded">The folded text.</param>
    /// <param name="at">Where the word begins.</param>
    /// <param name="key">Its key.</param>
    /// <param name="behind">The first bytes of the word behind it.</param>
    /// <param name="hits">Where they are added.</param>
    /// <param name="count">How many there are.</param>
    public void AddAt(ReadOnlySpan<byte> folded, int at, ulong key, uint behind, ref TermHit[] hits, ref int count)
    {
        if (!_whole.TryGetValue(Whole(key, behind), out var terms) && !_loose.TryGetValue(Shared(key, behind), out terms))
        {
            return;
        }

        foreach (ref readonly var term in terms.AsSpan())
        {
            if ((key ^ term.Key) << term.Shift == 0 && ((behind ^ term.Behind) & term.Known) == 0 && BeginsAlike(term.Term.Text, folded[at..]))
            {
                Add(term.Term, folded, at, spaced: true, ref hits, ref count);
            }
        }
    }

    /// <summary>Adds the terms that begin there in text whose words run together, their spaces left out.</summary>
    public void AddRunTogetherAt(ReadOnlySpan<byte> padded, int length, int at, ref TermHit[] hits, ref int count)
    {
        if (!_byFirstBytes.TryGetValue(FirstBytes(padded[at..]), out var terms))
        {
            return;
        }

        foreach (var term in terms)
        {
            Add(term, padded[..length], at, spaced: false, ref hits, ref count);
        }
    }

    private static void Add(Term term, ReadOnlySpan<byte> folded, int at, bool spaced, ref TermHit[] hits, ref int count)
    {
        var end = term.EndAt(folded, at, spaced);
        if (end < 0)
        {
            return;
        }

        if (count == hits.Length)
        {
            Array.Resize(ref hits, 2 * count);
        }

        hits[count++] = new TermHit(at, end, term.Meaning);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint FirstBytes(uint four) => (four & 0xFFFF) | ((uint)Parted[(byte)(four >> 16)] << 16) | ((uint)Parted[four >> 24] << 24);

    private static bool BeginsAlike(ReadOnlySpan<byte> term, ReadOnlySpan<byte> text) => text.Length >= FirstSize && FirstBytes(term) == FirstBytes(text);

    private static uint FirstBytes(ReadOnlySpan<byte> text) => FirstBytes(BinaryPrimitives.ReadUInt32LittleEndian(text));

    private static bool Parts(byte folded) => folded is (> 0 and < (byte)'0') or (byte)'_' or (byte)':';

    // A term of a character and another byte leaves the fourth byte of its key to the text.
    private static IEnumerable<uint> Beginnings(ulong key, byte shift) =>
        shift <= BitsOfKey - (8 * FirstSize) ? [(uint)key] : Enumerable.Range(0, 256).Select(last => ((uint)key & 0xFF_FFFF) | ((uint)last << 24));

    // The bytes of a key and behind it that are known of all terms of its beginning.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Shared(ulong key, uint behind)
    {
        int known = KnownOf(key);
        return (key << (8 * known)) + Mixed(behind, known);
    }

    private ulong Whole(ulong key, uint behind) => key + Mixed(behind, KnownOf(key));

    private byte KnownOf(ulong key) => Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_shifts), ShiftAt((uint)key));

    private static ulong Mixed(uint behind, int known) => (behind & TermKey.LowestOf(known >> 3)) * 0xC2B2AE3D27D4EB4FUL;

    // Of a group those that begin like any of these, in the group's order.
    private static Keyed[] Alike(Keyed[] group, IEnumerable<Keyed> ones)
    {
        Keyed[] wholes = [.. ones.DistinctBy(one => one.Key)];
        return [.. group.Where(one => wholes.Any(whole => (whole.Key ^ one.Key) << one.Shift == 0))];
    }

    private static uint ShiftAt(uint beginning) => Hash(beginning) >> (BeginBits - ShiftBits);

    private static uint Hash(uint beginning) => (beginning * 0x9E3779B1u) >> (32 - BeginBits);

    private static uint Hash(ulong key) => (uint)((key * 0x9E3779B97F4A7C15u) >> (BitsOfKey - KeyBits));

    // What is known of a key is left by the shift, of the word behind by the mask.
    private readonly record struct Keyed(Term Term, ulong Key, uint Behind, uint Known, byte Shift)
    {
        /// <summary>As <see cref="_shifts"/> holds it.</summary>
        public byte Code => (byte)((Shift / 8) | (BitOperations.PopCount(Known) / 8 << 3));

        public static Keyed Of(Term term)
        {
            if (term.Text.Length < FirstSize)
            {
                throw new ArgumentException($"The term '{System.Text.Encoding.UTF8.GetString(term.Text)}' has fewer than {FirstSize} bytes.");
            }

            var key = TermKey.Of(term, out var behind);
            return new Keyed(term, key, behind, (uint)TermKey.LowestOf(TermKey.KnownBehind(term)), (byte)(BitsOfKey - (8 * TermKey.Known(term))));
        }
    }
}
