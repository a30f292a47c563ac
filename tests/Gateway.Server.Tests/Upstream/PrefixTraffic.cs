using System.Text;
using Gateway.Server.Upstream;

namespace Gateway.Server.Tests.Upstream;

/// <summary>
/// Reinforcement-learning traffic on simulated replicas, the same for the same seed: in each step 64 new prompts under four system prompts, 16
/// responses each, scored in random order by 128 callers. A replica keeps the beginnings that it saw last; what it does not hold it must read.
/// </summary>
internal sealed class PrefixTraffic(int seed)
{
    private const int Replicas = 4;
    private const int Systems = 4;
    private const int Prompts = 64;
    private const int Responses = 16;
    private const int Callers = 128;
    private const int Steps = 8;
    private const int Held = 32;

    // In tokens; a replica reads 8,000 a second, shared by the calls on it.
    private const double SystemTokens = 600;
    private const double PromptTokens = 400;
    private const double ResponseTokens = 300;
    private const double TokensPerSecond = 8_000;

    private readonly Random _random = new(seed);
    private readonly Replica[] _replicas = [.. Enumerable.Range(0, Replicas).Select(_ => new Replica())];

    /// <summary>Runs all steps with a choice, which is told of loads and the prefix and gives the replica.</summary>
    public Figures Run(Func<Candidate[], PromptPrefix, int> choose)
    {
        var (figures, now) = (new Figures(), 0.0);
        for (var step = 0; step < Steps; step++)
        {
            var calls = Calls(step);
            var next = 0;
            while (next < calls.Length || _replicas.Any(replica => replica.Running.Count > 0))
            {
                while (next < calls.Length && _replicas.Sum(replica => replica.Running.Count) < Callers)
                {
                    Start(calls[next++], choose, figures);
                }

                now = Advance(now);
            }
        }

        return figures with { Seconds = now };
    }

    private void Start(PromptPrefix prefix, Func<Candidate[], PromptPrefix, int> choose, Figures figures)
    {
        Candidate[] candidates = [.. _replicas.Select((replica, i) => new Candidate(i, replica.Running.Count, 1, (ulong)i * 7919))];
        var replica = _replicas[choose(candidates, prefix)];
        var (system, prompt) = (replica.Read(prefix[0]), replica.Read(prefix[1]));
        replica.Running.Add(ResponseTokens + (prompt ? 0 : PromptTokens) + (prompt || system ? 0 : SystemTokens));
        figures.Add(prompt, prompt || system, _replicas.Max(one => one.Running.Count) / _replicas.Average(one => one.Running.Count));
    }

    /// <summary>Lets every replica work until the first call ends.</summary>
    private double Advance(double now)
    {
        var passed = _replicas.Where(replica => replica.Running.Count > 0)
            .Min(replica => replica.Running.Min() * replica.Running.Count) / TokensPerSecond;
        foreach (var replica in _replicas.Where(replica => replica.Running.Count > 0))
        {
            var each = passed * TokensPerSecond / replica.Running.Count;
            for (var i = replica.Running.Count - 1; i >= 0; i--)
            {
                replica.Running[i] -= each;
                if (replica.Running[i] < 1e-6)
                {
                    replica.Running.RemoveAt(i);
                }
            }
        }

        return now + passed;
    }

    private PromptPrefix[] Calls(int step)
    {
        var calls = Enumerable.Range(0, Prompts * Responses)
            .Select(i => PromptPrefix.None.Then(Text($"system {i % Prompts % Systems}")).Then(Text($"prompt {step} {i % Prompts}")))
            .ToArray();
        _random.Shuffle(calls);
        return calls;
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private sealed class Replica
    {
        private readonly LinkedList<ulong> _held = new();

        /// <summary>Tokens left to read of each call on it.</summary>
        public List<double> Running { get; } = [];

        /// <summary>Reads a beginning; true where it was held.</summary>
        public bool Read(ulong beginning)
        {
            var known = _held.Remove(beginning);
            _held.AddFirst(beginning);
            if (_held.Count > Held)
            {
                _held.RemoveLast();
            }

            return known;
        }
    }

    /// <summary>What a run showed.</summary>
    internal sealed record Figures
    {
        private int _calls;
        private int _prompts;
        private int _systems;
        private double _imbalance;

        /// <summary>Simulated seconds of the whole run.</summary>
        public double Seconds { get; init; }

        /// <summary>Calls that found their whole prompt, in percent.</summary>
        public double PromptHits => 100.0 * _prompts / _calls;

        /// <summary>Calls that found at least their system prompt, in percent.</summary>
        public double SystemHits => 100.0 * _systems / _calls;

        /// <summary>The most loaded replica's calls over the mean, averaged over all calls.</summary>
        public double Imbalance => _imbalance / _calls;

        /// <summary>Adds one call.</summary>
        public void Add(bool prompt, bool system, double imbalance) =>
            (_calls, _prompts, _systems, _imbalance) = (_calls + 1, _prompts + (prompt ? 1 : 0), _systems + (system ? 1 : 0), _imbalance + imbalance);
    }
}
