namespace Gateway.Onnx.Tokens;

/// <summary>A read-mostly map from two small numbers to one: open addressing, no boxing, about two cache lines a look-up.</summary>
internal sealed class IdMap
{
    private const ulong Free = ulong.MaxValue;

    private readonly ulong[] _keys;
    private readonly int[] _values;
    private readonly int _shift;

    /// <summary>Makes a map of at most <paramref name="capacity"/> entries.</summary>
    public IdMap(int capacity)
    {
        var bits = Math.Max(4, 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)capacity * 2));
        _keys = new ulong[1 << bits];
        _values = new int[1 << bits];
        _shift = 64 - bits;
        Array.Fill(_keys, Free);
    }

    /// <summary>Sets the value of a pair.</summary>
    public void Set(int first, int second, int value)
    {
        var slot = Slot(Key(first, second));
        _keys[slot] = Key(first, second);
        _values[slot] = value;
    }

    /// <summary>The value of a pair, or -1.</summary>
    public int Find(int first, int second)
    {
        var key = Key(first, second);
        var slot = Slot(key);
        return _keys[slot] == key ? _values[slot] : -1;
    }

    private static ulong Key(int first, int second) => ((ulong)(uint)first << 32) | (uint)second;

    private int Slot(ulong key)
    {
        var slot = (int)((key * 0x9E3779B97F4A7C15) >> _shift);
        while (_keys[slot] != key && _keys[slot] != Free)
        {
            slot = (slot + 1) & (_keys.Length - 1);
        }

        return slot;
    }
}
