namespace Gateway.Server.Upstream;

/// <summary>A cluster's settings and destinations at one moment, and which of the destinations a call may take.</summary>
/// <param name="Options">The gateway's settings.</param>
/// <param name="Destinations">The destinations by name.</param>
internal sealed record ClusterSnapshot(ClusterOptions Options, UpstreamDestination[] Destinations)
{
    /// <summary>How long until the first of the usable ones does not ask to be left alone; zero or less: now.</summary>
    public TimeSpan Rest
    {
        get
        {
            TimeSpan? least = null;
            foreach (var one in Destinations)
            {
                if (one.IsUsable && (least is null || one.Rest < least))
                {
                    least = one.Rest;
                }
            }

            return least ?? TimeSpan.Zero;
        }
    }

    /// <summary>The destination in a slot.</summary>
    public UpstreamDestination BySlot(int slot)
    {
        foreach (var destination in Destinations)
        {
            if (destination.Slot == slot)
            {
                return destination;
            }
        }

        throw new InvalidOperationException($"No destination has slot {slot}.");
    }

    /// <summary>
    /// Usable destinations of the best priority that were not tried, or of all where every one was, as far as they have places. A call that is
    /// tried again waits for none that asked to be left alone while another could take it.
    /// </summary>
    public Span<Candidate> Free(Span<Candidate> into, IReadOnlyList<UpstreamDestination> tried)
    {
        var again = tried.Count > 0;
        var priority = Best(tried, again);
        if (priority is null && again)
        {
            tried = [];
            priority = Best(tried, again);
        }

        var count = 0;
        foreach (var one in Destinations)
        {
            if (one.Options.Priority == priority && one.InFlight < Options.Concurrency
                && one.IsUsable && one.Rest <= TimeSpan.Zero && !Contains(tried, one))
            {
                into[count++] = new Candidate(one.Slot, one.InFlight, one.Options.Weight, one.Salt);
            }
        }

        return into[..count];
    }

    private int? Best(IReadOnlyList<UpstreamDestination> tried, bool awake)
    {
        int? best = null;
        foreach (var one in Destinations)
        {
            if ((best is null || one.Options.Priority < best) && one.IsUsable && !Contains(tried, one)
                && (!awake || one.Rest <= TimeSpan.Zero))
            {
                best = one.Options.Priority;
            }
        }

        return best;
    }

    private static bool Contains(IReadOnlyList<UpstreamDestination> tried, UpstreamDestination one)
    {
        for (var i = 0; i < tried.Count; i++)
        {
            if (ReferenceEquals(tried[i], one))
            {
                return true;
            }
        }

        return false;
    }
}
