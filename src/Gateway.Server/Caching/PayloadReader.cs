using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Gateway.Server.Caching;

/// <summary>Reads what a <see cref="PayloadWriter"/> wrote; each read is false where there are not enough bytes, or they are no text.</summary>
/// <param name="bytes">What is read.</param>
internal ref struct PayloadReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Bytes that were not read yet.</summary>
    public readonly int Left => _bytes.Length;

    /// <summary>A byte.</summary>
    public bool TryRead(out byte value)
    {
        value = _bytes.IsEmpty ? (byte)0 : _bytes[0];
        return TrySkip(1);
    }

    /// <summary>Four bytes.</summary>
    public bool TryRead(out int value) => BinaryPrimitives.TryReadInt32LittleEndian(_bytes, out value) && TrySkip(sizeof(int));

    /// <summary>Eight bytes.</summary>
    public bool TryRead(out long value) => BinaryPrimitives.TryReadInt64LittleEndian(_bytes, out value) && TrySkip(sizeof(long));

    /// <summary>An IEEE double.</summary>
    public bool TryRead(out double value) => BinaryPrimitives.TryReadDoubleLittleEndian(_bytes, out value) && TrySkip(sizeof(double));

    /// <summary>A short text.</summary>
    public bool TryRead(out string text)
    {
        text = "";
        if (!BinaryPrimitives.TryReadUInt16LittleEndian(_bytes, out var length) || length > _bytes.Length - sizeof(ushort))
        {
            return false;
        }

        var utf8 = _bytes.Slice(sizeof(ushort), length);
        if (!Utf8.IsValid(utf8))
        {
            return false;
        }

        text = Encoding.UTF8.GetString(utf8);
        return TrySkip(sizeof(ushort) + length);
    }

    private bool TrySkip(int count)
    {
        if (count > _bytes.Length)
        {
            return false;
        }

        _bytes = _bytes[count..];
        return true;
    }
}
