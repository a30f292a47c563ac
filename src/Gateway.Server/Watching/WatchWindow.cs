namespace Gateway.Server.Watching;

/// <summary>The latest responses of a run, the oldest making place for the newest.</summary>
/// <param name="capacity">How many responses it holds.</param>
internal sealed class WatchWindow(int capacity)
{
    private const int FirstRoom = 64;

    // Grows as it fills, so that a run of few responses costs little.
    private WatchedResponse[] _kept = new WatchedResponse[Math.Min(FirstRoom, capacity)];
    private int _next;

    /// <summary>Responses held.</summary>
    public int Count { get; private set; }

    /// <summary>Adds the newest response.</summary>
    public void Add(in WatchedResponse response)
    {
        if (Count == _kept.Length && Count < capacity)
        {
            Array.Resize(ref _kept, Math.Min(2 * Count, capacity));
            _next = Count;
        }

        _kept[_next] = response;
        _next = (_next + 1) % _kept.Length;
        Count = Math.Min(Count + 1, _kept.Length);
    }

    /// <summary>What the responses held have in common.</summary>
    public WindowSummary Summarise()
    {
        if (Count == 0)
        {
            return default;
        }

        var kept = _kept.AsSpan(0, Count);
        var prompts = new HashSet<ulong>(Count);
        var lengths = new int[Count];
        double sum = 0;
        var found = 0;
        for (var i = 0; i < Count; i++)
        {
            prompts.Add(kept[i].Prompt);
            lengths[i] = kept[i].Length;
            sum += kept[i].Score;
            found += kept[i].HasFinding ? 1 : 0;
        }

        var mean = sum / Count;
        var (same, _) = MostFrequent(kept, response => response.Text.Exact);
        var (near, different) = (same, 0);
        for (var band = 0; band < TextDigest.Bands; band++)
        {
            var number = band;
            var (most, keys) = MostFrequent(kept, response => response.Text.Band(number));
            near = Math.Max(near, most);
            different += keys;
        }

        return new WindowSummary
        {
            Responses = Count,
            Prompts = prompts.Count,
            Same = (double)same / prompts.Count,
            NearSame = (double)near / prompts.Count,
            MedianBytes = Median(lengths),
            MeanScore = mean,
            ScoreVariance = Variance(kept, mean),
            Diversity = (double)different / (TextDigest.Bands * Count),
            FindingsPerThousand = 1000.0 * found / Count,
        };
    }

    /// <summary>The most different prompts that share a key, and how many keys there are.</summary>
    private static (int Most, int Keys) MostFrequent(ReadOnlySpan<WatchedResponse> kept, Func<WatchedResponse, ulong> keyOf)
    {
        // Many samples of one prompt may well be the same: a key counts a prompt once.
        var pairs = new HashSet<(ulong, ulong)>(kept.Length);
        var prompts = new Dictionary<ulong, int>(kept.Length);
        var most = 0;
        foreach (var response in kept)
        {
            var key = keyOf(response);
            if (pairs.Add((key, response.Prompt)))
            {
                prompts[key] = prompts.GetValueOrDefault(key) + 1;
                most = Math.Max(most, prompts[key]);
            }
        }

        return (most, prompts.Count);
    }

    private static double Median(int[] lengths)
    {
        Array.Sort(lengths);
        var middle = lengths.Length / 2;
        return lengths.Length % 2 == 1 ? lengths[middle] : (lengths[middle - 1] + (double)lengths[middle]) / 2;
    }

    private static double Variance(ReadOnlySpan<WatchedResponse> kept, double mean)
    {
        double squares = 0;
        foreach (var response in kept)
        {
            squares += (response.Score - mean) * (response.Score - mean);
        }

        return squares / kept.Length;
    }
}
