using System.Numerics;

namespace Gateway.Core.Hardening.Folding;

/// <summary>What belongs to each of many keys, in a few flat arrays: an object for each of them would take several times the memory.</summary>
/// <typeparam name="T">What belongs to a key.</typeparam>
internal sealed class TermIndex<T>
{
    private readonly int _shift;

    // The first key of each bucket, and the first value of each key.
    private readonly int[] _buckets;
    private readonly int[] _starts;
    private readonly ulong[] _keys;
    private readonly T[] _values;

    /// <summary>An index of these.</summary>
    public TermIndex(IEnumerable<(ulong Key, IEnumerable<T> Values)> groups)
    {
        var all = groups.Select(group => (group.Key, Values: group.Values.ToList())).ToList();
        _shift = 64 - Math.Max(1, BitOperations.Log2((uint)all.Count) + 1);
        all = all.OrderBy(group => Bucket(group.Key)).ToList();
        // Filled by hand: an expression would leave its arrays to the shared pool, which keeps a third of the lexicon's memory once more.
        _keys = new ulong[all.Count];
        _starts = new int[all.Count + 1];
        _values = new T[all.Sum(group => group.Values.Count)];
        _buckets = new int[(1 << (64 - _shift)) + 1];
        for (var i = 0; i < all.Count; i++)
        {
            _keys[i] = all[i].Key;
            _starts[i + 1] = _starts[i] + all[i].Values.Count;
            all[i].Values.CopyTo(_values, _starts[i]);
            _buckets[Bucket(all[i].Key) + 1] = i + 1;
        }

        for (var i = 1; i < _buckets.Length; i++)
        {
            _buckets[i] = Math.Max(_buckets[i], _buckets[i - 1]);
        }
    }

    /// <summary>What belongs to the key, in the order in which it was given.</summary>
    public ReadOnlySpan<T> Find(ulong key)
    {
        var bucket = Bucket(key);
        var end = _buckets[bucket + 1];
        for (var i = _buckets[bucket]; i < end; i++)
        {
            if (_keys[i] == key)
            {
                return _values.AsSpan(_starts[i].._starts[i + 1]);
            }
        }

        return default;
    }

    private int Bucket(ulong key) => (int)((key * 0x9E3779B97F4A7C15u) >> _shift);
}
