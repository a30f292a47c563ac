using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Gateway.Onnx.Tokens;

/// <summary>
/// The ids of short words seen lately, in one array of fixed size: a run of the model leaves the tokenizer's tables out of the processor's
/// caches, and one line here stands for a dozen look-ups there. One per worker.
/// </summary>
internal sealed class WordCache
{
    private const int Slots = 4096;
    private const int LongestWord = 16;
    private const int MostIds = 4;

    private readonly Entry[] _entries = new Entry[Slots];

    /// <summary>The ids of a word; empty where it is not here.</summary>
    public ReadOnlySpan<int> Find(ReadOnlySpan<byte> word)
    {
        if (word.Length is 0 or > LongestWord)
        {
            return default;
        }

        var (low, high) = KeyOf(word);
        ref var entry = ref _entries[SlotOf(low, high)];
        return entry.Low == low && entry.High == high && entry.Length == word.Length ? ((ReadOnlySpan<int>)entry.Ids)[..entry.Count] : default;
    }

    /// <summary>Keeps the ids of a word, where both are short.</summary>
    public void Keep(ReadOnlySpan<byte> word, ReadOnlySpan<int> ids)
    {
        if (word.Length > LongestWord || ids.Length > MostIds)
        {
            return;
        }

        var (low, high) = KeyOf(word);
        ref var entry = ref _entries[SlotOf(low, high)];
        (entry.Low, entry.High, entry.Length, entry.Count) = (low, high, (byte)word.Length, (byte)ids.Length);
        ids.CopyTo(entry.Ids);
    }

    private static (ulong Low, ulong High) KeyOf(ReadOnlySpan<byte> word)
    {
        Span<byte> padded = stackalloc byte[LongestWord];
        padded.Clear();
        word.CopyTo(padded);
        return (BinaryPrimitives.ReadUInt64LittleEndian(padded), BinaryPrimitives.ReadUInt64LittleEndian(padded[8..]));
    }

    private static int SlotOf(ulong low, ulong high) => (int)(((low ^ (high * 0xC2B2AE3D27D4EB4F)) * 0x9E3779B97F4A7C15) >> 52);

    private struct Entry
    {
        public ulong Low;
        public ulong High;
        public byte Length;
        public byte Count;
        public IdList Ids;
    }

    [InlineArray(MostIds)]
    private struct IdList
    {
        private int _first;
    }
}
