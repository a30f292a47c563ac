using System.Buffers;
using System.Numerics;
using Gateway.Core.Scoring;

namespace Gateway.Server.Scoring;

/// <summary>
/// The places of distinct keys in an array that grows by one key at a time; a table of places alone, in pooled memory, where a dictionary would hold
/// every key a second time.
/// </summary>
internal sealed class KeyPlaces : IDisposable
{
    private readonly ScoreKey[] _keys;
    private readonly int[] _table;
    private readonly int _mask;

    /// <summary>Of no keys yet.</summary>
    /// <param name="keys">Where the keys will be; as many as it has room for.</param>
    public KeyPlaces(ScoreKey[] keys)
    {
        // At most half of it is taken, so that a free slot is near.
        var slots = (int)BitOperations.RoundUpToPowerOf2((uint)keys.Length * 2);
        _keys = keys;
        _table = ArrayPool<int>.Shared.Rent(slots);
        _table.AsSpan(0, slots).Clear();
        _mask = slots - 1;
    }

    /// <summary>How many distinct keys there are; the next one is to be put at this index.</summary>
    public int Count { get; private set; }

    /// <summary>The place of the key at index <see cref="Count"/>: that of its equal among those before it, else its own, which counts from now on.</summary>
    public int PlaceOfNext()
    {
        for (var slot = _keys[Count].GetHashCode() & _mask; ; slot = (slot + 1) & _mask)
        {
            // One more than the place: zero is a free slot.
            var place = _table[slot] - 1;
            if (place < 0)
            {
                _table[slot] = Count + 1;
                return Count++;
            }

            if (_keys[place] == _keys[Count])
            {
                return place;
            }
        }
    }

    /// <summary>Gives the table back.</summary>
    public void Dispose() => ArrayPool<int>.Shared.Return(_table);
}
