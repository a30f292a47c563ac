using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Gateway.Server.Upstream;

/// <summary>
/// Chooses among destinations that are all fit to be chosen: one that holds the longest shared beginning of the prompt, while its load is not
/// over the bound; else the less loaded of two drawn by weight. Calls with an unknown beginning draw their two by its hash, so that several
/// gateways choose alike.
/// </summary>
internal sealed class DestinationChoice(Random random)
{
    // Calls on one destination that are no load to speak of: below, the bound over the mean does not count.
    private const int Slack = 8;

    private readonly PrefixTable _table = new();

    /// <summary>The index of the best candidate.</summary>
    /// <param name="candidates">At least one.</param>
    /// <param name="prefix">What the call shares with others; <see cref="PromptPrefix.None"/> chooses by load alone.</param>
    /// <param name="percent">The bound of the load of one that is chosen for its prefix, in percent of the mean.</param>
    public int Pick(ReadOnlySpan<Candidate> candidates, PromptPrefix prefix, int percent)
    {
        if (candidates.Length == 1 || prefix.Count == 0)
        {
            return candidates.Length == 1 ? 0 : LessLoadedOfTwo(candidates);
        }

        var bound = new LoadBound(candidates, percent);
        for (var link = prefix.Count - 1; link >= 0; link--)
        {
            var held = LeastLoadedHolder(candidates, _table.Holders(prefix[link]), bound);
            if (held >= 0)
            {
                return held;
            }
        }

        var drawn = LessLoadedOfTwo(candidates, prefix[0]);
        return bound.Allows(candidates[drawn]) ? drawn : LessLoadedOfTwo(candidates);
    }

    /// <summary>A call with this prefix goes to a destination, which holds it from now on.</summary>
    public void Remember(PromptPrefix prefix, int slot)
    {
        if (prefix.Count > 0)
        {
            _table.Add(prefix, slot);
        }
    }

    /// <summary>A slot has a new owner, which holds nothing yet.</summary>
    public void Forget(int slot) => _table.Forget(slot);

    private static int LeastLoadedHolder(ReadOnlySpan<Candidate> candidates, ulong holders, LoadBound bound)
    {
        var best = -1;
        for (var i = 0; i < candidates.Length && holders != 0; i++)
        {
            if ((holders >> candidates[i].Slot & 1) != 0
                && bound.Allows(candidates[i]) && (best < 0 || IsLessLoaded(candidates[i], candidates[best])))
            {
                best = i;
            }
        }

        return best;
    }

    private int LessLoadedOfTwo(ReadOnlySpan<Candidate> candidates)
    {
        var first = Draw(candidates, -1);
        var second = Draw(candidates, first);
        return IsLessLoaded(candidates[second], candidates[first]) ? second : first;
    }

    private int Draw(ReadOnlySpan<Candidate> candidates, int without)
    {
        var weights = 0;
        for (var i = 0; i < candidates.Length; i++)
        {
            weights += i == without ? 0 : candidates[i].Weight;
        }

        var point = random.Next(weights);
        for (var i = 0; i < candidates.Length; i++)
        {
            if (i != without && (point -= candidates[i].Weight) < 0)
            {
                return i;
            }
        }

        return candidates.Length - 1;
    }

    private static int LessLoadedOfTwo(ReadOnlySpan<Candidate> candidates, ulong beginning)
    {
        var (first, second) = (-1, -1);
        var (firstScore, secondScore) = (double.MinValue, double.MinValue);
        for (var i = 0; i < candidates.Length; i++)
        {
            var score = Score(candidates[i], beginning);
            if (score > firstScore)
            {
                (second, secondScore, first, firstScore) = (first, firstScore, i, score);
            }
            else if (score > secondScore)
            {
                (second, secondScore) = (i, score);
            }
        }

        return IsLessLoaded(candidates[second], candidates[first]) ? second : first;
    }

    // Weighted rendezvous hashing: each candidate wins its share of all beginnings, and keeps it when others come and go.
    private static double Score(Candidate candidate, ulong beginning)
    {
        ReadOnlySpan<ulong> both = [beginning, candidate.Salt];
        var hash = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(both));
        return candidate.Weight / -Math.Log((hash + 0.5) / ulong.MaxValue);
    }

    private static bool IsLessLoaded(Candidate one, Candidate other) => (long)one.InFlight * other.Weight < (long)other.InFlight * one.Weight;

    /// <summary>How many calls a destination may have for the sake of a prefix.</summary>
    private readonly struct LoadBound
    {
        private readonly double _perWeight;

        public LoadBound(ReadOnlySpan<Candidate> candidates, int percent)
        {
            var (calls, weights) = (1L, 0L);
            foreach (var candidate in candidates)
            {
                calls += candidate.InFlight;
                weights += candidate.Weight;
            }

            _perWeight = calls * percent / 100.0 / weights;
        }

        public bool Allows(Candidate candidate) => candidate.InFlight < Math.Max(Slack, Math.Ceiling(_perWeight * candidate.Weight));
    }
}
