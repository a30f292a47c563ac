using System.Buffers.Binary;
using System.IO.Hashing;

namespace Gateway.Server.Watching;

/// <summary>
/// What the watch keeps of a text: a hash of all of it, and a MinHash sketch in four bands (one permutation, Li, Owen and Zhang 2012).
/// Texts whose shingles have Jaccard similarity s share one band with probability about s². No text can be read back from it.
/// </summary>
/// <param name="Exact">Equal for equal texts.</param>
/// <param name="Band0">Often equal for nearly equal texts.</param>
/// <param name="Band1">The same, of other shingles.</param>
/// <param name="Band2">The same, of other shingles.</param>
/// <param name="Band3">The same, of other shingles.</param>
internal readonly record struct TextDigest(ulong Exact, uint Band0, uint Band1, uint Band2, uint Band3)
{
    /// <summary>How many bands there are.</summary>
    public const int Bands = 4;

    /// <summary>Bytes from the beginning that the bands look at.</summary>
    public const int MostBytes = 8 * 1024;

    private const int Shingle = sizeof(ulong);
    private const int Bins = 2 * Bands;
    private const int BinShift = 61;

    /// <summary>The band of this number, from 0.</summary>
    public uint Band(int number) => number switch
    {
        0 => Band0,
        1 => Band1,
        2 => Band2,
        3 => Band3,
        _ => throw new ArgumentOutOfRangeException(nameof(number)),
    };

    /// <summary>The digest of a text.</summary>
    public static TextDigest Of(ReadOnlySpan<byte> text)
    {
        var exact = XxHash3.HashToUInt64(text);
        if (text.Length < Shingle)
        {
            var whole = (uint)(exact >> 32);
            return new TextDigest(exact, whole, whole, whole, whole);
        }

        Span<ulong> smallest = stackalloc ulong[Bins];
        Sketch(text.Length > MostBytes ? text[..MostBytes] : text, smallest);
        return new TextDigest(
            exact, Joined(smallest[0], smallest[1]), Joined(smallest[2], smallest[3]), Joined(smallest[4], smallest[5]), Joined(smallest[6], smallest[7]));
    }

    /// <summary>The smallest hash of the shingles that fall into each bin; an empty bin takes that of the next one.</summary>
    private static void Sketch(ReadOnlySpan<byte> text, Span<ulong> smallest)
    {
        smallest.Fill(ulong.MaxValue);
        for (var at = 0; at <= text.Length - Shingle; at++)
        {
            var hash = BinaryPrimitives.ReadUInt64LittleEndian(text[at..]) * 0x9E3779B97F4A7C15;
            hash = (hash ^ (hash >> 32)) * 0xD6E8FEB86659FD93;
            hash ^= hash >> 32;
            ref var least = ref smallest[(int)(hash >> BinShift)];
            least = Math.Min(least, hash);
        }

        // Backwards, and from the first again behind the last: at least one bin is taken.
        for (var bin = 2 * Bins - 1; bin >= 0; bin--)
        {
            if (smallest[bin % Bins] == ulong.MaxValue)
            {
                smallest[bin % Bins] = smallest[(bin + 1) % Bins];
            }
        }
    }

    private static uint Joined(ulong first, ulong second)
    {
        var both = (first * 0xA0761D6478BD642F) ^ ulong.RotateLeft(second * 0xE7037ED1A0B428DB, 32);
        return (uint)((both ^ (both >> 29)) >> 16);
    }
}
