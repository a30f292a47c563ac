using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// Terms found in three steps. Of nearly every word its <see cref="Beginnings"/> say that no term begins there; of nearly all the rest a bit says so, for those bytes
/// of their <see cref="TermKey"/> that are known of each term of the same first four bytes. What is left is compared.
/// </summary>
internal sealed class LexiconTerms
{
    /// <summary>The fewest bytes of a term.</summary>
    public const int FirstSize = sizeof(uint);

    private const int ShiftBits = 15;
    private const int KeyBits = 19;

    // Leaves one byte of a key, so that it is hardly a term's.
    private const byte NoTerm = 7;

    // What parts words is compared as a space where a short first word ends within the first bytes.
    private static readonly byte[] Parted = [.. Enumerable.Range(0, 256).Select(value => Parts((byte)value) ? (byte)' ' : (byte)value)];

    // How many bytes are not known of each of the terms of a beginning, and in the higher bits how many of the word behind are.
    private readonly byte[] _shifts = new byte[1 << ShiftBits];
    private readonly ulong[] _keys = new ulong[(1 << KeyBits) / 64];

    // By the whole key, and of terms of which less is known by what is; the former have those of the latter that begin so.
    private readonly TermIndex<KeyedTerm> _whole;
    private readonly TermIndex<KeyedTerm> _loose;
    private readonly TermIndex<Term> _byFirstBytes;

    /// <summary>An index of these terms.</summary>
    /// <exception cref="ArgumentException">A term has fewer than four bytes.</exception>
    public LexiconTerms(IEnumerable<Term> terms)
    {
        // In the order in which terms that begin at one place are told.
        KeyedTerm[] all = [.. terms.OrderBy(term => term.Meaning).ThenBy(term => term.Text.Length).Select(KeyedTerm.Of)];
        Array.Fill(_shifts, NoTerm);
        foreach (var one in all)
        {
            foreach (var beginning in BeginningsOf(one))
            {
                ref var known = ref _shifts[ShiftAt(beginning)];
                known = known == NoTerm ? one.Code : (byte)(Math.Max(known & NoTerm, one.Code & NoTerm) | Math.Min(known & ~NoTerm, one.Code & ~NoTerm));
            }
        }

        var groups = all.GroupBy(one => Shared(one.Key, one.Behind)).ToArray();
        _whole = new(groups.SelectMany(group => group.Where(one => one.Shift == 0).GroupBy(one => Whole(one.Key, one.Behind), (key, ones) => (key, Alike(group, ones)))));
        _loose = new(groups.Where(group => group.Any(one => one.Shift > 0)).Select(group => (group.Key, group.Where(one => one.Shift > 0))));
        _byFirstBytes = new(all.GroupBy(one => (ulong)FirstBytes(one.Term.Text), one => one.Term).Select(group => (group.Key, group.AsEnumerable())));
        foreach (var group in groups)
        {
            _keys[BitOf(group.Key) >> 6] |= 1UL << (int)BitOf(group.Key);
        }

        Beginnings = new TermBeginnings(all.Select(one => one.Term));
    }

    /// <summary>How the terms begin.</summary>
    public TermBeginnings Beginnings { get; }

    /// <summary>Adds the terms that begin with a word.</summary>
    /// <param name="padded">The folded text, followed by <see cref="TextFolder.Padding"/> zeros.</param>
    /// <param name="length">The bytes of the folded text.</param>
    /// <param name="at">Where the word begins.</param>
    /// <param name="hits">Where they are added.</param>
    /// <param name="count">How many there are.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddAt(ReadOnlySpan<byte> padded, int length, int at, ref TermHit[] hits, ref int count)
    {
        var key = TermKey.Of(padded.Slice(at, TermKey.Ahead), out var behind);
        var bit = BitOf(Shared(key, behind));
        if ((_keys[bit >> 6] >> (int)bit & 1) != 0)
        {
            AddAt(padded[..length], at, key, behind, ref hits, ref count);
        }
    }

    /// <summary>Adds the terms that begin there in text whose words run together, their spaces left out.</summary>
    public void AddRunTogetherAt(ReadOnlySpan<byte> padded, int length, int at, ref TermHit[] hits, ref int count)
    {
        foreach (var term in _byFirstBytes.Find(FirstBytes(padded[at..])))
        {
            Add(term, padded[..length], at, spaced: false, ref hits, ref count);
        }
    }

    private void AddAt(ReadOnlySpan<byte> folded, int at, ulong key, uint behind, ref TermHit[] hits, ref int count)
    {
        var terms = _whole.Find(Whole(key, behind));
        foreach (ref readonly var term in terms.IsEmpty ? _loose.Find(Shared(key, behind)) : terms)
        {
            if (term.MayBegin(key, behind) && BeginsAlike(term.Term.Text, folded[at..]))
            {
                Add(term.Term, folded, at, spaced: true, ref hits, ref count);
            }
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
    private static IEnumerable<uint> BeginningsOf(KeyedTerm term) =>
        term.Shift <= 8 * (TermKey.Size - FirstSize) ? [(uint)term.Key] : Enumerable.Range(0, 256).Select(last => ((uint)term.Key & 0xFF_FFFF) | ((uint)last << 24));

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
    private static IEnumerable<KeyedTerm> Alike(IEnumerable<KeyedTerm> group, IEnumerable<KeyedTerm> ones)
    {
        KeyedTerm[] wholes = [.. ones.DistinctBy(one => one.Key)];
        return group.Where(one => wholes.Any(whole => (whole.Key ^ one.Key) << one.Shift == 0));
    }

    private static uint ShiftAt(uint beginning) => (beginning * 0x9E3779B1u) >> (32 - ShiftBits);

    private static uint BitOf(ulong key) => (uint)((key * 0x9E3779B97F4A7C15u) >> (64 - KeyBits));
}
