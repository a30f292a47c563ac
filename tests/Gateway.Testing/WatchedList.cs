using System.Collections;

namespace Gateway.Testing;

/// <summary>A list that knows whether it was read after its owner had ended it.</summary>
public sealed class WatchedList<T>(IReadOnlyList<T> inner) : IReadOnlyList<T>
{
    private volatile bool _ended;
    private volatile bool _readTooLate;

    /// <summary>True where something read the list after <see cref="End"/>.</summary>
    public bool ReadTooLate => _readTooLate;

    /// <inheritdoc/>
    public int Count => Watched().Count;

    /// <inheritdoc/>
    public T this[int index] => Watched()[index];

    /// <summary>From now on nobody may read.</summary>
    public void End() => _ended = true;

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => Watched().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private IReadOnlyList<T> Watched()
    {
        _readTooLate |= _ended;
        return inner;
    }
}
