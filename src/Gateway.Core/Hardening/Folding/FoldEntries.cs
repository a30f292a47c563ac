using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>What <see cref="FoldTable"/> says of each character, as bytes ready to be written.</summary>
internal static class FoldEntries
{
    private const int SizeAt = 24;

    private static readonly uint[] Written = Write();

    /// <summary>Up to three UTF-8 bytes of what the character is compared as, the first one lowest; their count is the highest byte.</summary>
    public static uint Of(int character) => Written[character];

    /// <summary>How many bytes an entry has.</summary>
    public static int Size(uint entry) => (int)(entry >> SizeAt);

    private static uint[] Write()
    {
        var entries = new uint[char.MaxValue + 1];
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < entries.Length; i++)
        {
            if (FoldTable.Fold((char)i) is not (> 0 and var folded) || !Rune.TryCreate((char)folded, out var rune))
            {
                continue;
            }

            // A lower case that is longer than its upper case is left: what is folded never grows.
            var written = rune.Utf8SequenceLength > new Rune((char)i).Utf8SequenceLength ? new Rune((char)i) : rune;
            var size = written.EncodeToUtf8(utf8);
            entries[i] = ((uint)size << SizeAt) | utf8[0] | (size > 1 ? (uint)utf8[1] << 8 : 0) | (size > 2 ? (uint)utf8[2] << 16 : 0);
        }

        return entries;
    }
}
