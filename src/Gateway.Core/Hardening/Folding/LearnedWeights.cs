using System.Buffers.Binary;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// Weights that <c>Hardening/Learned/train.py</c> learned, one byte for each row and head, and from which sum on a head says yes. A file is three
/// little-endian integers (heads, bits of a row's number, thresholds), the thresholds as 32-bit integers, and the rows.
/// </summary>
internal sealed class LearnedWeights
{
    private const int HeaderSize = 12;
    private const string Folder = "Gateway.Core.Hardening.Learned.";

    private readonly sbyte[] _rows;
    private readonly int[] _thresholds;
    private readonly int _shift;

    private LearnedWeights(ReadOnlySpan<byte> file)
    {
        Heads = BinaryPrimitives.ReadInt32LittleEndian(file);
        Bits = BinaryPrimitives.ReadInt32LittleEndian(file[4..]);
        _shift = 32 - Bits;
        _thresholds = new int[BinaryPrimitives.ReadInt32LittleEndian(file[8..])];
        for (var i = 0; i < _thresholds.Length; i++)
        {
            _thresholds[i] = BinaryPrimitives.ReadInt32LittleEndian(file[(HeaderSize + (4 * i))..]);
        }

        _rows = MemoryMarshal.Cast<byte, sbyte>(file[(HeaderSize + (4 * _thresholds.Length))..]).ToArray();
        if (_rows.Length != Heads << Bits)
        {
            throw new InvalidOperationException($"Learned weights of {_rows.Length} bytes are not {Heads} heads of {1 << Bits} rows. This is a bug.");
        }
    }

    /// <summary>Whether a text announces an answer, and whether it speaks to or for a judge.</summary>
    public static LearnedWeights Found { get; } = Read("found.bin");

    /// <summary>Which rule's attack a text is that speaks to or for a judge.</summary>
    public static LearnedWeights Named { get; } = Read("named.bin");

    /// <summary>How many sums are kept.</summary>
    public int Heads { get; }

    /// <summary>How many bits a row's number has.</summary>
    public int Bits { get; }

    /// <summary>The row of a feature.</summary>
    public int RowOf(uint feature) => (int)(feature >> _shift);

    /// <summary>The weights of a row, one for each head.</summary>
    public ReadOnlySpan<sbyte> Row(int row) => _rows.AsSpan(row * Heads, Heads);

    /// <summary>True where a sum over so many features is above the threshold of that number.</summary>
    public bool IsAbove(int threshold, int sum, int features) => IsAboveOf(_thresholds[threshold], sum, features);

    /// <summary>True where a sum over the root of the number of its features is more than so many sixteenths, told without a fraction.</summary>
    public static bool IsAboveOf(int sixteenths, int sum, int features) => Squared(16L * sum) > Squared(sixteenths) * features;

    private static Int128 Squared(long value) => (Int128)value * long.Abs(value);

    private static LearnedWeights Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Folder + name)
            ?? throw new InvalidOperationException($"The resource {name} is missing. This is a bug.");
        var file = new byte[stream.Length];
        stream.ReadExactly(file);
        return new LearnedWeights(file);
    }
}
