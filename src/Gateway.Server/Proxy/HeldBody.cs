using System.Buffers;
using System.Text.Json;
using Gateway.Server.Scoring;

namespace Gateway.Server.Proxy;

/// <summary>
/// The part of a request's body that was read so far, in pooled memory that admission counts. The call holds it, and so does everyone who sends
/// it on; the last to let go gives it back.
/// </summary>
internal sealed class HeldBody(HttpRequest request, Admission admission) : IDisposable
{
    private byte[] _bytes = [];
    private int _length;
    private int _admitted;
    private int _grown;
    private int _holders = 1;
    private int _disposed;

    /// <summary>What was read.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, _length);

    /// <summary>True once the body's end was read.</summary>
    public bool Whole { get; private set; }

    /// <summary>How long the body is when all of it is sent; null where the client did not say.</summary>
    public long? LengthWhenSent => request.ContentLength + _grown;

    /// <summary>Reads on until the body ends or this many bytes are held.</summary>
    /// <exception cref="Gateway.Core.Scoring.GatewayException">There is no room for them: <see cref="Gateway.Core.Scoring.ErrorKind.Overloaded"/>.</exception>
    public async ValueTask ReadToAsync(int most, CancellationToken cancellation)
    {
        var announced = request.ContentLength;
        while (!Whole && _length < most)
        {
            if (_length == _admitted)
            {
                Grow((int)Math.Min(most, Math.Max(announced is > 0 && announced <= most ? announced.Value : 4096L, _length * 2L)));
            }

            var read = await request.Body.ReadAsync(_bytes.AsMemory(_length, Math.Min(_admitted, most) - _length), cancellation);
            _length += read;
            Whole = read == 0 || _length == announced + _grown;
        }
    }

    /// <summary>Puts other bytes in the place of some that are held.</summary>
    public void Replace(int start, int end, ReadOnlySpan<byte> by)
    {
        var old = _bytes;
        var length = _length - (end - start) + by.Length;
        Admit(length);
        _bytes = ArrayPool<byte>.Shared.Rent(length);
        old.AsSpan(0, start).CopyTo(_bytes);
        by.CopyTo(_bytes.AsSpan(start));
        old.AsSpan(end, _length - end).CopyTo(_bytes.AsSpan(start + by.Length));
        _grown += length - _length;
        _length = length;
        ArrayPool<byte>.Shared.Return(old);
    }

    /// <summary>Puts a text, as JSON writes it, in the place of some bytes.</summary>
    public void ReplaceByText(int start, int end, string text) => Replace(start, end, [(byte)'"', .. JsonEncodedText.Encode(text).EncodedUtf8Bytes, (byte)'"']);

    /// <summary>Keeps the bytes in place until <see cref="Release"/>; false where they were given back.</summary>
    public bool TryHold()
    {
        var holders = Volatile.Read(ref _holders);
        while (holders > 0)
        {
            var seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders)
            {
                return true;
            }

            holders = seen;
        }

        return false;
    }

    /// <summary>Ends a hold.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) > 0)
        {
            return;
        }

        admission.LeaveBytes(_admitted);
        var bytes = _bytes;
        (_bytes, _length, _admitted) = ([], 0, 0);
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Ends the call's own hold; may be called again.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Release();
        }
    }

    private void Grow(int size)
    {
        Admit(size);
        var larger = ArrayPool<byte>.Shared.Rent(size);
        _bytes.AsSpan(0, _length).CopyTo(larger);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = larger;
    }

    private void Admit(int size)
    {
        if (size > _admitted)
        {
            admission.EnterBytes(size - _admitted);
            _admitted = size;
        }
    }
}
