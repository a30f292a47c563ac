using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Server.Wire;

/// <summary>
/// The server's memory for sockets, in blocks that hold many texts: in its own blocks of 4 KiB a batch of texts arrives by so many system calls that
/// they cost more than reading the texts does. A connection that waits holds no block, and of a block only the pages that were written take memory.
/// </summary>
internal sealed class NetworkMemory : IMemoryPoolFactory<byte>
{
    /// <summary>Bytes of a block.</summary>
    public const int BlockBytes = 64 * 1024;

    /// <summary>Blocks that are kept for later; further ones are left to the garbage collector.</summary>
    public const int MostKept = 512;

    /// <inheritdoc/>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new Pool();

    private sealed class Pool : MemoryPool<byte>
    {
        private readonly Lock _lock = new();
        private readonly byte[]?[] _kept = new byte[MostKept][];
        private int _count;

        public override int MaxBufferSize => BlockBytes;

        // Pinned for life, since the system writes to it.
        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
            return new Block(this, Kept() ?? GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true));
        }

        protected override void Dispose(bool disposing)
        {
            lock (_lock)
            {
                Array.Clear(_kept);
                _count = 0;
            }
        }

        // The one that was used last: it is still in the processor's caches, and blocks that one burst needed are not written to again for as long as few are.
        private byte[]? Kept()
        {
            lock (_lock)
            {
                if (_count == 0)
                {
                    return null;
                }

                var bytes = _kept[--_count];
                _kept[_count] = null;
                return bytes;
            }
        }

        private void Keep(byte[] bytes)
        {
            lock (_lock)
            {
                if (_count < MostKept)
                {
                    _kept[_count++] = bytes;
                }
            }
        }

        // One per rent: a block given back twice must not become two renters' one.
        private sealed class Block(Pool pool, byte[] bytes) : IMemoryOwner<byte>
        {
            private byte[]? _bytes = bytes;

            public Memory<byte> Memory => MemoryMarshal.CreateFromPinnedArray(_bytes ?? throw new ObjectDisposedException(nameof(Block)), 0, BlockBytes);

            public void Dispose()
            {
                if (Interlocked.Exchange(ref _bytes, null) is { } bytes)
                {
                    pool.Keep(bytes);
                }
            }
        }
    }
}
