using System.Buffers.Binary;

namespace Gateway.Onnx.Manifest;

/// <summary>Walks the fields of one protocol-buffer message; all that reading a tokenizer and looking through a graph needs.</summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;
    private int _wireType;

    /// <summary>The field just read by <see cref="Next"/>.</summary>
    public int Field { get; private set; }

    /// <summary>The bytes of a length-delimited field; empty for others.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The value of a varint or fixed field; 0 for others.</summary>
    public ulong Number { get; private set; }

    /// <summary>The value of a fixed 32-bit field as a float.</summary>
    public readonly float Float => _wireType == 5 ? BitConverter.UInt32BitsToSingle((uint)Number) : throw Corrupt();

    /// <summary>Reads the next field; false at the end.</summary>
    /// <exception cref="InvalidDataException">The message is cut off or malformed.</exception>
    public bool Next()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var tag = Varint();
        Field = (int)(tag >> 3);
        _wireType = (int)(tag & 7);
        Bytes = default;
        Number = 0;
        switch (_wireType)
        {
            case 0:
                Number = Varint();
                break;
            case 1:
                Number = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                break;
            case 2:
                Bytes = Take(Varint());
                break;
            case 5:
                Number = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
                break;
            default:
                throw Corrupt();
        }

        return true;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Corrupt();
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)_rest.Length)
        {
            throw Corrupt();
        }

        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }

    private static InvalidDataException Corrupt() => new("The file is cut off or malformed.");
}
