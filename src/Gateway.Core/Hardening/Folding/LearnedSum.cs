using System.Numerics;
using System.Runtime.CompilerServices;

namespace Gateway.Core.Hardening.Folding;

/// <summary>What learned weights say of a text: the sum of its features on each head, each feature once.</summary>
/// <param name="weights">The weights.</param>
/// <param name="seen">A bit for each row, all clear.</param>
internal ref struct LearnedSum(LearnedWeights weights, Span<ulong> seen)
{
    /// <summary>The most heads that weights may have.</summary>
    public const int MostHeads = 4;

    private readonly Span<ulong> _seen = seen;
    private Sums _sums;

    /// <summary>How many different features were seen.</summary>
    public int Count { get; private set; }

    /// <summary>The sum on a head.</summary>
    public readonly int On(int head) => _sums[head];

    /// <summary>How many of the features that were seen the other has seen too.</summary>
    public readonly int CountShared(in LearnedSum other)
    {
        var shared = 0;
        for (var i = 0; i < _seen.Length; i += Vector<ulong>.Count)
        {
            // Hardly any of the rows is either's.
            var both = new Vector<ulong>(_seen[i..]) & new Vector<ulong>(other._seen[i..]);
            for (var lane = 0; lane < Vector<ulong>.Count && both != Vector<ulong>.Zero; lane++)
            {
                shared += BitOperations.PopCount(both[lane]);
            }
        }

        return shared;
    }

    /// <summary>Adds a feature where it was not seen yet.</summary>
    /// <param name="hash">What it is.</param>
    /// <param name="kind">Of which kind, so that the same hash means another feature.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(uint hash, uint kind)
    {
        var row = weights.RowOf(Mixed(hash + (kind * 0x9E3779B1u)));
        var bit = 1UL << row;
        if ((_seen[row >> 6] & bit) != 0)
        {
            return;
        }

        _seen[row >> 6] |= bit;
        Count++;
        var head = 0;
        foreach (var weight in weights.Row(row))
        {
            _sums[head++] += weight;
        }
    }

    private static uint Mixed(uint hash)
    {
        hash ^= hash >> 15;
        hash *= 0x85EBCA6Bu;
        hash ^= hash >> 13;
        hash *= 0xC2B2AE35u;
        return hash ^ (hash >> 16);
    }

    [InlineArray(MostHeads)]
    private struct Sums
    {
        private int _first;
    }
}
