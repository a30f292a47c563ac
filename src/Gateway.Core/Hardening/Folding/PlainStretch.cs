using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// Folds on while nothing needs a closer look, as nearly all text that is not ASCII: ASCII sixteen bytes at a time, Chinese and Korean as they
/// are, the rest from a table. <see cref="FoldingPass"/> folds the same, a character at a time, where this stops.
/// </summary>
/// <param name="text">The text.</param>
/// <param name="folded">Where it is written; as long as the text and <see cref="TextFolder.Padding"/>.</param>
internal ref struct PlainStretch(ReadOnlySpan<byte> text, Span<byte> folded)
{
    // So many bytes are read at once.
    private const int Ahead = sizeof(uint);

    private readonly ref byte _text = ref MemoryMarshal.GetReference(text);
    private readonly ref byte _folded = ref MemoryMarshal.GetReference(folded);
    private readonly int _length = folded.Length >= text.Length + TextFolder.Padding ? text.Length : throw new ArgumentException("There is no room.", nameof(folded));

    /// <summary>What any character was.</summary>
    public CharacterKinds Seen;

    /// <summary>Folds from where the state says; stops before the first character that needs a closer look, and a few bytes before the end.</summary>
    public void Run(ref FoldingState state)
    {
        var (at, seen) = (state, Seen);
        while (at.Read <= _length - Ahead)
        {
            var four = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref _text, at.Read));
            if ((four & 0x8080) == 0 && TakeAscii(ref at))
            {
                continue;
            }

            var size = Decode(four, out var character);
            if (size == 3 && IsLetterAsItIs(character))
            {
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref _folded, at.Written), four);
                at.Kinds |= CharacterKinds.Word;
            }
            else
            {
                var kind = FoldTable.KindOf((char)character);
                var endsWord = (kind & CharacterKinds.Word) == 0;
                if (size == 0 || (kind & CharacterKinds.Noted) != 0 || (endsWord && at.IsMixed))
                {
                    break;
                }

                seen |= kind;
                var entry = FoldEntries.Of(character);
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref _folded, at.Written), entry);
                at.Kinds |= kind;
                at.Move(size, FoldEntries.Size(entry));
                if (endsWord)
                {
                    at.EndWord();
                }

                continue;
            }

            at.Move(size, size);
        }

        (state, Seen) = (at, seen);
    }

    // The number of bytes of a character of up to three; 0 for all else.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Decode(uint four, out int character)
    {
        if ((four & 0x80) == 0)
        {
            character = (int)(four & 0x7F);
            return 1;
        }

        if ((four & 0xC0E0) == 0x80C0)
        {
            character = (int)(((four & 0x1F) << 6) | ((four >> 8) & 0x3F));
            return character >= 0x80 ? 2 : 0;
        }

        character = (int)(((four & 0xF) << 12) | ((four >> 2) & 0xFC0) | ((four >> 16) & 0x3F));
        return (four & 0xC0C0F0) == 0x8080E0 && character >= 0x800 && !char.IsSurrogate((char)character) ? 3 : 0;
    }

    // Most of Chinese, and Korean syllables.
    private static bool IsLetterAsItIs(int character) => character is (>= 0x4E00 and < 0xA000) or (>= 0xAC00 and < 0xD7A4);

    // Up to sixteen ASCII bytes; false where one of them is seen by nobody, or ends a word that mixes scripts.
    private bool TakeAscii(ref FoldingState at)
    {
        if (at.Read > _length - Vector128<byte>.Count)
        {
            return false;
        }

        var bytes = Vector128.LoadUnsafe(ref Unsafe.Add(ref _text, at.Read));
        var count = BitOperations.TrailingZeroCount(bytes.ExtractMostSignificantBits() | 0x10000);
        var lower = bytes | (InRange(bytes, (byte)'A', (byte)'Z') & Vector128.Create((byte)0x20));
        var letters = InRange(lower, (byte)'a', (byte)'z');
        var words = letters | InRange(bytes, (byte)'0', (byte)'9');
        var hidden = Vector128.AndNot(InRange(bytes, 0, 0x1F), InRange(bytes, (byte)'\t', (byte)'\r')) | Vector128.Equals(bytes, Vector128.Create((byte)0x7F));
        var all = (1u << count) - 1;
        if ((hidden.ExtractMostSignificantBits() & all) != 0 || !at.SeeAscii(words.ExtractMostSignificantBits(), letters.ExtractMostSignificantBits(), count))
        {
            return false;
        }

        lower.StoreUnsafe(ref Unsafe.Add(ref _folded, at.Written));
        at.Move(count, count);
        return true;
    }

    private static Vector128<byte> InRange(Vector128<byte> bytes, byte first, byte last) =>
        Vector128.LessThanOrEqual(bytes - Vector128.Create(first), Vector128.Create((byte)(last - first)));
}
