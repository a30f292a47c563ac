using System.Buffers.Binary;
using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// Terms found by the four bytes they begin with: one bit per hash says that no term begins there, which is the answer for most words of
/// honest text. What follows, or the next word, is compared by four bytes more before a term is read whole.
/// </summary>
internal sealed class LexiconTerms
{
    private const int KeyLength = sizeof(uint);
    private const int HashBits = 15;
    private const int LongestFirstWord = 32;

    private readonly ulong[] _begins = new ulong[(1 << HashBits) / 64];
    private readonly Entry[][] _entries = new Entry[1 << HashBits][];

    /// <summary>An index of these terms.</summary>
    /// <exception cref="ArgumentException">A term has fewer than four bytes.</exception>
    public LexiconTerms(IEnumerable<Term> terms)
    {
        foreach (var group in terms.Select(EntryOf).GroupBy(entry => Hash(entry.Key)))
        {
            _begins[group.Key >> 6] |= 1UL << (int)group.Key;
            _entries[group.Key] = [.. group];
        }
    }

    /// <summary>Adds the terms that begin at a place of folded text, which is followed by <see cref="TextFolder.Padding"/> zeros.</summary>
    public void AddAt(ReadOnlySpan<byte> padded, int length, int at, bool spaced, ref TermHit[] hits, ref int count)
    {
        var key = KeyOf(padded[at..]);
        var hash = Hash(key);
        if ((_begins[hash >> 6] >> (int)hash & 1) != 0)
        {
            AddOf(_entries[hash], key, padded, length, at, spaced, ref hits, ref count);
        }
    }

    private static void AddOf(
        Entry[] entries, uint key, ReadOnlySpan<byte> padded, int length, int at, bool spaced, ref TermHit[] hits, ref int count)
    {
        var following = BinaryPrimitives.ReadUInt32LittleEndian(padded[(at + KeyLength)..]);
        var nextWord = spaced ? NextWord(padded, at) : 0;
        foreach (ref readonly var entry in entries.AsSpan())
        {
            if (entry.Key != key || (spaced && ((entry.InNextWord ? nextWord : following) & entry.Mask) != entry.More))
            {
                continue;
            }

            var end = entry.Term.EndAt(padded[..length], at, spaced);
            if (end >= 0)
            {
                if (count == hits.Length)
                {
                    Array.Resize(ref hits, 2 * count);
                }

                hits[count++] = new TermHit(at, end, entry.Term.Meaning);
            }
        }
    }

    // A short first word ends within the key, and whatever parts it from the next one is compared as a space.
    private static uint KeyOf(ReadOnlySpan<byte> text)
    {
        var key = BinaryPrimitives.ReadUInt32LittleEndian(text);
        key = Parts(text[2]) ? (key & 0xFF00FFFF) | 0x00200000 : key;
        return Parts(text[3]) ? (key & 0x00FFFFFF) | 0x20000000 : key;
    }

    private static bool Parts(byte folded) => folded is (> 0 and < (byte)'0') or (byte)'_' or (byte)':';

    private static uint NextWord(ReadOnlySpan<byte> padded, int at)
    {
        // No first word of a term is longer; text without spaces is one word to its end.
        var last = Math.Min(padded.Length - KeyLength, at + LongestFirstWord);
        while (at < last && Term.IsWord(padded[at]))
        {
            at++;
        }

        while (at < last && !Term.IsWord(padded[at]) && padded[at] != 0)
        {
            at++;
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(padded[at..]);
    }

    private static Entry EntryOf(Term term)
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
        return new Entry(KeyOf(text), BinaryPrimitives.ReadUInt32LittleEndian(bytes), mask, plain, term);
    }

    private static uint Hash(uint key) => (key * 0x9E3779B1u) >> (32 - HashBits);

    /// <summary>A term, and the bytes that tell it from others of the same beginning.</summary>
    private readonly record struct Entry(uint Key, uint More, uint Mask, bool InNextWord, Term Term);
}
