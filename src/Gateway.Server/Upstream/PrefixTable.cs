namespace Gateway.Server.Upstream;

/// <summary>
/// Which destinations were lately given a prompt's beginning, by its hash, in memory of fixed size: of 65,536 beginnings the longest unused
/// among four neighbours gives way to a new one. A forgotten or mistaken entry costs a detour, nothing else.
/// </summary>
internal sealed class PrefixTable
{
    private const int Ways = 4;
    private const int Sets = 16_384;

    private readonly Lock _lock = new();

    // 1.5 MiB, which a cluster without a choice never needs.
    private Entry[] _entries = [];
    private uint _now;

    /// <summary>The destinations that hold this beginning, a bit per slot.</summary>
    public ulong Holders(ulong beginning)
    {
        lock (_lock)
        {
            foreach (ref var entry in _entries.Length == 0 ? default : Set(beginning))
            {
                if (entry.Beginning == beginning && entry.Holders != 0)
                {
                    entry.Used = ++_now;
                    return entry.Holders;
                }
            }

            return 0;
        }
    }

    /// <summary>A destination is given a prompt with these beginnings.</summary>
    public void Add(PromptPrefix prefix, int slot)
    {
        lock (_lock)
        {
            _entries = _entries.Length == 0 ? new Entry[Sets * Ways] : _entries;
            for (var link = 0; link < prefix.Count; link++)
            {
                ref var entry = ref Place(prefix[link]);
                entry.Holders = (entry.Beginning == prefix[link] ? entry.Holders : 0) | (1UL << slot);
                entry.Beginning = prefix[link];
                entry.Used = ++_now;
            }
        }
    }

    /// <summary>A slot has a new owner, which holds nothing yet.</summary>
    public void Forget(int slot)
    {
        lock (_lock)
        {
            foreach (ref var entry in _entries.AsSpan())
            {
                entry.Holders &= ~(1UL << slot);
            }
        }
    }

    private Span<Entry> Set(ulong beginning) => _entries.AsSpan((int)(beginning % Sets) * Ways, Ways);

    private ref Entry Place(ulong beginning)
    {
        var set = Set(beginning);
        var oldest = 0;
        for (var way = 0; way < Ways; way++)
        {
            if (set[way].Beginning == beginning)
            {
                return ref set[way];
            }

            // Wraps around rightly: only differences count.
            oldest = _now - set[way].Used > _now - set[oldest].Used ? way : oldest;
        }

        return ref set[oldest];
    }

    private struct Entry
    {
        public ulong Beginning;
        public ulong Holders;
        public uint Used;
    }
}
