using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Core.Scoring;

/// <summary>
/// SHA-256 over length-prefixed fields, without allocations: short ones are gathered in a buffer of the thread, so that most items are hashed in
/// one piece, by a hash of the thread: beginning one costs as much as 150 bytes of text. Begun and finished on one thread, one at a time.
/// </summary>
internal ref struct KeyHash
{
    private const int BufferBytes = 16 * 1024;

    [ThreadStatic]
    private static byte[]? t_buffer;

    [ThreadStatic]
    private static IncrementalHash? t_hash;

    private readonly byte[] _buffer;
    private IncrementalHash? _hash;
    private int _used;

    /// <summary>Begins a hash.</summary>
    public KeyHash()
    {
        // Taken, not borrowed: a field that is hashed by itself first must not be written over what is gathered here.
        _buffer = t_buffer ?? new byte[BufferBytes];
        t_buffer = null;
    }

    /// <summary>Adds a number as four bytes, least significant first.</summary>
    public void Append(int value)
    {
        if (_buffer.Length - _used < sizeof(int))
        {
            Flush();
        }

        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_used), value);
        _used += sizeof(int);
    }

    /// <summary>Adds a text's length in UTF-8 and its bytes.</summary>
    public void Append(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        if (length > BufferBytes / 4)
        {
            Append(Encoding.UTF8.GetBytes(value));
            return;
        }

        Append(length);
        if (_buffer.Length - _used < length)
        {
            Flush();
        }

        _used += Encoding.UTF8.GetBytes(value, _buffer.AsSpan(_used));
    }

    /// <summary>Adds the number of bytes and the bytes.</summary>
    public void Append(scoped ReadOnlySpan<byte> value)
    {
        Append(value.Length);
        if (_buffer.Length - _used < value.Length)
        {
            Flush();
        }

        if (value.Length > _buffer.Length)
        {
            _hash!.AppendData(value);
        }
        else
        {
            value.CopyTo(_buffer.AsSpan(_used));
            _used += value.Length;
        }
    }

    /// <summary>Writes the 32 bytes of the digest.</summary>
    public void Finish(scoped Span<byte> digest)
    {
        Flush();
        _hash!.GetHashAndReset(digest);
        t_hash = _hash;
        t_buffer = _buffer;
    }

    /// <summary>The digest in hexadecimal.</summary>
    public string FinishHex()
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        Finish(digest);
        return Convert.ToHexStringLower(digest);
    }

    private void Flush()
    {
        if (_hash is null)
        {
            // Taken, not borrowed: a hash that is never finished must not begin the next one.
            _hash = t_hash ?? IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            t_hash = null;
        }

        _hash.AppendData(_buffer, 0, _used);
        _used = 0;
    }
}
