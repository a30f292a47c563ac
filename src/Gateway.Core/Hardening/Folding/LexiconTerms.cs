using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// Terms found by the four bytes they begin with: one bit per hash says that no term begins there, which is the answer for most words of
/// honest text. Another bit says the same of those four bytes and what follows, or the next word's first bytes; only then is a term read.
/// </summary>
internal sealed class LexiconTerms
{
    private const int KeyLength = sizeof(uint);
    private const int BeginBits = 17;
    private const int FollowBits = 18;
    private const int LongestFirstWord = 32;

    // What parts words is compared as a space where a short first word ends within the key.
    private static readonly byte[] Parted = [.. Enumerable.Range(0, 256).Select(value => Parts((byte)value) ? (byte)' ' : (byte)value)];

    private readonly ulong[] _begins = new ulong[(1 << BeginBits) / 64];
    private readonly ulong[] _follows = new ulong[(1 << FollowBits) / 64];
    private readonly TermGroup[]?[] _groups = new TermGroup[1 << BeginBits][];

    /// <summary>An index of these terms.</summary>
    /// <exception cref="ArgumentException">A term has fewer than four bytes.</exception>
    public LexiconTerms(IEnumerable<Term> terms)
    {
        var groups = terms.Select(term => (Term: term, Place: PlaceOf(term)))
            .GroupBy(one => (one.Place.Key, one.Place.Mask, one.Place.IsInNextWord), one => (one.Term, one.Place.More))
            .Select(group => new TermGroup(group.Key.Key, group.Key.Mask, group.Key.IsInNextWord, group));
        foreach (var sameHash in groups.GroupBy(group => Hash(group.Key)))
        {
            Set(_begins, sameHash.Key);
            _groups[sameHash.Key] = [.. sameHash];
            foreach (var group in sameHash)
            {
                foreach (var more in group.More)
                {
                    Set(_follows, Hash(group.Key, more));
                }
            }
        }
    }

    /// <summary>Which of the places that a mask names in a block of text share their beginning with a term; returns how many.</summary>
    /// <param name="text">The text's rest from the block on, and <see cref="TextFolder.Padding"/> zeros.</param>
    /// <param name="mask">A bit for each byte to look at.</param>
    /// <param name="places">Where they are written, in bytes from the block's beginning.</param>
    public int Gather(ReadOnlySpan<byte> text, ulong mask, Span<byte> places)
    {
        // Checked once, so that no place need be: this loop is most of what clean text costs.
        ArgumentOutOfRangeException.ThrowIfLessThan(text.Length, WordStarts.Block + KeyLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(places.Length, WordStarts.Block);
        ref var from = ref MemoryMarshal.GetReference(text);
        ref var to = ref MemoryMarshal.GetReference(places);
        ref var begins = ref MemoryMarshal.GetArrayDataReference(_begins);
        var count = 0;
        for (; mask != 0; mask &= mask - 1)
        {
            var at = BitOperations.TrailingZeroCount(mask);
            Unsafe.Add(ref to, count) = (byte)at;
            var hash = Hash(KeyOf(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref from, at))));
            count += (int)(Unsafe.Add(ref begins, hash >> 6) >> (int)hash) & 1;
        }

        return count;
    }

    /// <summary>Adds the terms that begin at a place that <see cref="Gather"/> gave.</summary>
    /// <param name="padded">The folded text, followed by <see cref="TextFolder.Padding"/> zeros.</param>
    /// <param name="length">The bytes of the folded text.</param>
    /// <param name="at">The place.</param>
    /// <param name="next">Where the next word begins; -1 where that is still to be looked for.</param>
    /// <param name="hits">Where they are added.</param>
    /// <param name="count">How many there are.</param>
    public void AddAt(ReadOnlySpan<byte> padded, int length, int at, int next, ref TermHit[] hits, ref int count)
    {
        var key = KeyOf(BinaryPrimitives.ReadUInt32LittleEndian(padded[at..]));
        var following = BinaryPrimitives.ReadUInt32LittleEndian(padded[(at + KeyLength)..]);
        uint? nextWord = null;
        foreach (var group in _groups[Hash(key)]!)
        {
            if (group.Key != key)
            {
                continue;
            }

            var more = (group.IsInNextWord ? nextWord ??= next < 0 ? NextWord(padded, at) : BinaryPrimitives.ReadUInt32LittleEndian(padded[next..]) : following) & group.Mask;
            if (!IsSet(_follows, Hash(key, more)))
            {
                continue;
            }

            foreach (var term in group.With(more))
            {
                Add(term, padded[..length], at, spaced: true, ref hits, ref count);
            }
        }
    }

    /// <summary>Adds the terms that begin there in text whose words run together, their spaces left out.</summary>
    public void AddRunTogetherAt(ReadOnlySpan<byte> padded, int length, int at, ref TermHit[] hits, ref int count)
    {
        var key = KeyOf(BinaryPrimitives.ReadUInt32LittleEndian(padded[at..]));
        if (!IsSet(_begins, Hash(key)))
        {
            return;
        }

        foreach (var group in _groups[Hash(key)]!)
        {
            foreach (var term in group.Key == key ? group.Terms : [])
            {
                Add(term, padded[..length], at, spaced: false, ref hits, ref count);
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

        // In the order of their classes where several begin at one place, whatever the index's order is.
        var place = count++;
        for (; place > 0 && hits[place - 1].At == at && hits[place - 1].Class > term.Meaning; place--)
        {
            hits[place] = hits[place - 1];
        }

        hits[place] = new TermHit(at, end, term.Meaning);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint KeyOf(uint four) => (four & 0xFFFF) | ((uint)Parted[(byte)(four >> 16)] << 16) | ((uint)Parted[four >> 24] << 24);

    private static bool Parts(byte folded) => folded is (> 0 and < (byte)'0') or (byte)'_' or (byte)':';

    private static uint NextWord(ReadOnlySpan<byte> padded, int at)
    {
        // No first word of a term is longer; text without spaces is one word to its end.
        for (var (from, ended) = (at, 0u); from < at + LongestFirstWord && from <= padded.Length - Vector128<byte>.Count - KeyLength; from += Vector128<byte>.Count)
        {
            var words = WordStarts.WordsOf(Vector128.Create(padded.Slice(from, Vector128<byte>.Count)));
            var gaps = ~words & 0xFFFF;
            // From the first byte on that is no word's.
            var rest = ended | (gaps == 0 ? 0 : ~((gaps & (uint)-(int)gaps) - 1));
            if ((words & rest) != 0)
            {
                return BinaryPrimitives.ReadUInt32LittleEndian(padded[(from + BitOperations.TrailingZeroCount(words & rest))..]);
            }

            ended = rest == 0 ? 0 : uint.MaxValue;
        }

        return 0;
    }

    // What tells a term from others of its first bytes, and where it is looked for.
    private static (uint Key, uint More, uint Mask, bool IsInNextWord) PlaceOf(Term term)
    {
        var text = term.Text;
        if (text.Length < KeyLength)
        {
            throw new ArgumentException($"The term '{Encoding.UTF8.GetString(text)}' has fewer than {KeyLength} bytes.");
        }

        var space = text.IndexOf((byte)' ');
        // A word's apostrophe or hyphen is no word byte, so only a plain first word tells where the next one begins.
        var plain = space > 0 && text[..space].IndexOfAnyExceptInRange((byte)'a', (byte)'z') < 0;
        var more = plain ? text[(space + 1)..] : space < 0 || space > 2 * KeyLength ? text[KeyLength..] : text[KeyLength..Math.Max(KeyLength, space)];
        more = more[..Math.Min(more.Length, KeyLength)];
        var next = more.IndexOf((byte)' ');
        more = next >= 0 ? more[..next] : more;
        Span<byte> bytes = stackalloc byte[KeyLength];
        bytes.Clear();
        more.CopyTo(bytes);
        var mask = more.Length == KeyLength ? uint.MaxValue : (1u << (8 * more.Length)) - 1;
        return (KeyOf(BinaryPrimitives.ReadUInt32LittleEndian(text)), BinaryPrimitives.ReadUInt32LittleEndian(bytes), mask, plain);
    }

    private static uint Hash(uint key) => (key * 0x9E3779B1u) >> (32 - BeginBits);

    private static uint Hash(uint key, uint more) => ((key * 0x9E3779B1u) ^ (more * 0x85EBCA6Bu)) >> (32 - FollowBits);

    private static void Set(ulong[] bits, uint hash) => bits[hash >> 6] |= 1UL << (int)hash;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsSet(ulong[] bits, uint hash) => (bits[hash >> 6] >> (int)hash & 1) != 0;
}
