using System.Buffers.Binary;
using System.Text;

namespace Gateway.Server.Caching;

/// <summary>Writes numbers, least significant byte first, and texts into bytes that have room for them.</summary>
/// <param name="bytes">Where to.</param>
internal ref struct PayloadWriter(Span<byte> bytes)
{
    private readonly Span<byte> _bytes = bytes;

    /// <summary>Bytes written so far.</summary>
    public int Written { get; private set; }

    /// <summary>Adds a byte.</summary>
    public void Write(byte value) => _bytes[Written++] = value;

    /// <summary>Adds four bytes.</summary>
    public void Write(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_bytes[Written..], value);
        Written += sizeof(int);
    }

    /// <summary>Adds eight bytes.</summary>
    public void Write(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes[Written..], value);
        Written += sizeof(long);
    }

    /// <summary>Adds an IEEE double.</summary>
    public void Write(double value) => Write(BitConverter.DoubleToInt64Bits(value));

    /// <summary>Adds a short text: the number of its bytes in UTF-8 in two bytes, and they.</summary>
    /// <exception cref="OverflowException">It is longer than 65,535 bytes.</exception>
    public void Write(string text)
    {
        var length = Encoding.UTF8.GetBytes(text, _bytes[(Written + sizeof(ushort))..]);
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes[Written..], checked((ushort)length));
        Written += sizeof(ushort) + length;
    }
}
