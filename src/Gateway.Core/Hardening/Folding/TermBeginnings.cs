using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// Tells of nearly every word that no term begins there, by its first eight bytes in plain text: what is of no word, and what may itself begin a term,
/// is a space. Terms of which eight bytes are known are in a filter of bits by all eight, shorter ones in one by five; together 96 KiB.
/// </summary>
internal sealed class TermBeginnings
{
    /// <summary>How many bytes of plain text are read from a word's beginning on.</summary>
    public const int Ahead = sizeof(ulong);

    private const int ShortBits = 12;
    private const int LongBits = 13;
    private const int FewKnown = 4;
    private const int SomeKnown = 5;
    private const int MostBetween = 4;

    // No constant, which would be written out anew for each word.
    private readonly ulong _spread = 0x9E3779B97F4A7C15;

    // A word by the first four bytes, in it two bits by the first five; all bits where only four are known.
    private readonly ulong[] _short = new ulong[1 << ShortBits];

    // A word by all eight bytes, in it two bits by them.
    private readonly ulong[] _long = new ulong[1 << LongBits];

    /// <summary>The beginnings of these terms.</summary>
    public TermBeginnings(IEnumerable<Term> terms)
    {
        foreach (var term in terms)
        {
            AddWays(term, term.Text[0] >= TermKey.FirstWide ? 1 : 0, 0, 0);
        }
    }

    /// <summary>Leaves of these places those where a term may begin.</summary>
    /// <param name="plain">The plain text.</param>
    /// <param name="places">Where words begin in it.</param>
    public Span<ushort> Sift(ReadOnlySpan<byte> plain, Span<ushort> places)
    {
        // Checked once, so that no place need be: this loop is much of what clean text costs.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(places.Length == 0 ? 0 : places[^1] + Ahead, plain.Length);
        ref var from = ref MemoryMarshal.GetReference(plain);
        ref var to = ref MemoryMarshal.GetReference(places);
        ref var shorts = ref MemoryMarshal.GetArrayDataReference(_short);
        ref var longs = ref MemoryMarshal.GetArrayDataReference(_long);
        var (count, spread) = (0, _spread);
        foreach (var place in places)
        {
            Unsafe.Add(ref to, count) = place;
            var hash = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref from, place)) * spread;
            var few = Unsafe.Add(ref shorts, ShortAt(hash));
            var all = Unsafe.Add(ref longs, LongAt(hash));
            count += (int)(Both(few, hash, 34, 29) | Both(all, hash, 46, 40)) & 1;
        }

        return places[..count];
    }

    // The lowest bit is set where both of the bits are that these six bits of the hash name.
    private static ulong Both(ulong bits, ulong hash, int one, int other) => (bits >> (int)BitOperations.RotateRight(hash, one)) & (bits >> (int)BitOperations.RotateRight(hash, other));

    // Of a product the lower bits are those of the lower bytes.
    private static uint ShortAt(ulong hash) => (uint)hash >> (32 - ShortBits);

    private static ulong ShortMask(ulong hash) => (1UL << (int)(hash >> 34)) | (1UL << (int)(hash >> 29));

    private static uint LongAt(ulong hash) => (uint)(hash >> (64 - LongBits));

    private static ulong LongMask(ulong hash) => (1UL << (int)(hash >> 46)) | (1UL << (int)(hash >> 40));

    // All ways in which a term may go on in plain text: what parts its words is one to four bytes, and one within the first four.
    private void AddWays(Term term, int from, ulong bytes, int known)
    {
        if (known == Ahead || from == term.Text.Length)
        {
            // No letter follows a whole word.
            Add(term.IsStem || known == Ahead ? (bytes, known) : With(bytes, known, (byte)' '));
            return;
        }

        var letter = Plain(term.Text[from]);
        var longest = term.Text[from] == ' ' && from >= FewKnown - 1 ? MostBetween : 1;
        for (var times = 0; times < longest && known < Ahead; times++)
        {
            (bytes, known) = With(bytes, known, letter);
            AddWays(term, from + 1, bytes, known);
        }
    }

    private void Add((ulong Bytes, int Known) way)
    {
        var hash = way.Bytes * _spread;
        switch (way.Known)
        {
            case Ahead:
                _long[LongAt(hash)] |= LongMask(hash);
                break;
            case >= SomeKnown:
                _short[ShortAt(hash)] |= ShortMask(hash);
                break;
            case FewKnown:
                _short[ShortAt(hash)] = ulong.MaxValue;
                break;
            default:
                for (byte next = 0; next < TermKey.FirstWide; next++)
                {
                    Add(With(way.Bytes, way.Known, Plain(next)));
                }

                break;
        }
    }

    private static (ulong Bytes, int Known) With(ulong bytes, int known, byte next) => (bytes | ((ulong)next << (8 * known)), known + 1);

    private static byte Plain(byte folded) => Term.IsWord(folded) && folded < TermKey.FirstWide ? folded : (byte)' ';
}
