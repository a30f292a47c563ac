namespace Gateway.Onnx.Tokens;

/// <summary>A list of token ids that one worker fills, reads and clears again without garbage.</summary>
internal sealed class TokenBuffer
{
    private const int FirstIds = 4096;

    private int[] _ids = new int[FirstIds];

    /// <summary>How many ids it holds.</summary>
    public int Count { get; private set; }

    /// <summary>The ids.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    /// <summary>Adds one id.</summary>
    public void Add(int id)
    {
        if (Count == _ids.Length)
        {
            Array.Resize(ref _ids, Count * 2);
        }

        _ids[Count++] = id;
    }

    /// <summary>Adds ids.</summary>
    public void Add(ReadOnlySpan<int> ids)
    {
        while (Count + ids.Length > _ids.Length)
        {
            Array.Resize(ref _ids, _ids.Length * 2);
        }

        ids.CopyTo(_ids.AsSpan(Count));
        Count += ids.Length;
    }

    /// <summary>Puts an id before the others.</summary>
    public void Prepend(int id)
    {
        Add(id);
        Array.Copy(_ids, 0, _ids, 1, Count - 1);
        _ids[0] = id;
    }

    /// <summary>Empties it.</summary>
    public void Clear() => Count = 0;

    /// <summary>Empties it and drops memory beyond what is worth keeping.</summary>
    public void Release()
    {
        Clear();
        WorkingMemory.Release(ref _ids, FirstIds);
    }
}
