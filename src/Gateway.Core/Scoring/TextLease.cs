using System.Buffers;

namespace Gateway.Core.Scoring;

/// <summary>
/// The memory of one request's texts: rented in blocks, given back when the request ends, after which its texts cannot be read.
/// Not thread-safe while texts are added; reading is.
/// </summary>
public sealed class TextLease : IDisposable
{
    private const int BlockBytes = 64 * 1024;

    private readonly List<byte[]> _blocks = [];
    private int _used;
    private int _reserved;
    private volatile bool _ended;

    /// <summary>Space for a text of at most <paramref name="size"/> bytes, to be filled and passed to <see cref="Commit"/>.</summary>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public Span<byte> Reserve(int size)
    {
        ThrowIfEnded();
        if (_blocks.Count == 0 || _blocks[^1].Length - _used < size)
        {
            _blocks.Add(ArrayPool<byte>.Shared.Rent(Math.Max(size, BlockBytes)));
            _used = 0;
        }

        _reserved = size;
        return _blocks[^1].AsSpan(_used, size);
    }

    /// <summary>The first <paramref name="length"/> bytes of the last <see cref="Reserve"/>, which must be well-formed UTF-8, as a text.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than was reserved since the last commit: those bytes may be another request's.</exception>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public Utf8Text Commit(int length)
    {
        ThrowIfEnded();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _reserved);
        _reserved = 0;
        if (_blocks.Count == 0)
        {
            return new Utf8Text(default, this);
        }

        var text = new Utf8Text(_blocks[^1].AsMemory(_used, length), this);
        _used += length;
        return text;
    }

    /// <summary>Bytes that somebody else holds for longer than this lease, well-formed UTF-8, as a text that ends with the lease.</summary>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public Utf8Text Borrow(ReadOnlyMemory<byte> utf8)
    {
        ThrowIfEnded();
        return new Utf8Text(utf8, this);
    }

    /// <summary>Gives the memory back; every text of this lease throws from now on.</summary>
    public void Dispose()
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        _blocks.ForEach(block => ArrayPool<byte>.Shared.Return(block));
        _blocks.Clear();
    }

    internal void ThrowIfEnded() => ObjectDisposedException.ThrowIf(_ended, this);
}
