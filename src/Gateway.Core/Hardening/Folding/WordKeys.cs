using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Gateway.Core.Hardening.Folding;

/// <summary>The keys of the words of a chunk of folded text.</summary>
/// <param name="text">The chunk and what is behind it, at least <see cref="TermKey.Ahead"/> bytes.</param>
/// <param name="letters">A bit for each letter or digit of the chunk and the block behind it, save characters that may each begin a term.</param>
internal readonly ref struct WordKeys(ReadOnlySpan<byte> text, ReadOnlySpan<byte> letters)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private readonly ReadOnlySpan<byte> _letters = letters;

    /// <summary>The <see cref="TermKey"/> of the word that begins there, and the first bytes of the word behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong At(int place, out uint behind) =>
        TermKey.Of(_text.Slice(place, TermKey.Ahead), BinaryPrimitives.ReadUInt32LittleEndian(_letters[(place >> 3)..]) >> (place & 7), out behind);
}
