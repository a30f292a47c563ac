using System.Collections.Concurrent;
using Gateway.Core.Scoring;

namespace Gateway.Server.Upstream.Remote;

/// <summary>
/// Refuses numbers that are no raw logits although raw logits were asked for: sentinels of a failure, the ones of a softmax over one label or
/// of a normalised embedding, and the unit interval of a silent sigmoid. It watches each destination by itself, since replicas may run different versions.
/// </summary>
/// <param name="unitInterval">True where the model's own logits lie between 0 and 1.</param>
internal sealed class ScoreGuard(bool unitInterval)
{
    /// <summary>So many different scores in a row between 0 and 1 are a sigmoid's: raw logits of a reward model spread over several units.</summary>
    public const int SigmoidRun = 256;

    /// <summary>So many different scores strictly between 0 and 1 are a sigmoid's where no score outside was ever seen.</summary>
    public const int FirstRun = 32;

    /// <summary>So many 1 or -1 in a row are a softmax's or a normalised embedding's, even where other numbers came before.</summary>
    public const int OnesRun = 8;

    // llama.cpp's for a failed rerank, and vLLM's for a missing log-probability; both come with HTTP 200.
    private static readonly double[] Sentinels = [-1e6, -9999];

    private readonly ConcurrentDictionary<string, Watch> _byDestination = new(StringComparer.Ordinal);

    /// <summary>The score, or why it is none.</summary>
    public EngineScore Check(EngineScore score, string destination)
    {
        if (score.Failure is not null)
        {
            return score;
        }

        if (Sentinels.Contains(score.Value))
        {
            return EngineScore.Failed(
                ErrorKind.InvalidScore, $"{destination} gave {score.Value:0}, which stands for a failure there and is no score; its log says why");
        }

        return _byDestination.GetOrAdd(destination, _ => new Watch()).Check(score, unitInterval) switch
        {
            Verdict.Ones => EngineScore.Failed(
                ErrorKind.InvalidScore,
                $"{destination} gives nothing but 1 or -1, which is a softmax over one label or a normalised embedding; let it serve raw logits (vLLM from 0.10.1 on obeys the request)"),
            Verdict.Sigmoid => EngineScore.Failed(
                ErrorKind.InvalidScore,
                $"all scores of {destination}, {FirstRun} different ones from the first on or the last {SigmoidRun}, lie between 0 and 1 although raw logits were asked for, so it applies a sigmoid; "
                + "let it serve raw logits (vLLM from 0.10.1 on obeys the request), or set \"unit_interval\": true in the manifest if the model's own logits lie there"),
            Verdict.Unproven => score with { Unproven = true },
            _ => score,
        };
    }

    private enum Verdict
    {
        Logit,
        Unproven,
        Ones,
        Sigmoid,
    }

    private sealed class Watch
    {
        private readonly Lock _lock = new();
        private bool _seenOthers;
        private int _ones;
        private int _inUnit;
        private HashSet<double>? _first = [];
        private double _last = double.NaN;

        public Verdict Check(EngineScore score, bool unitInterval)
        {
            lock (_lock)
            {
                var value = score.Value;
                var isOne = Math.Abs(value) == 1;
                _ones = isOne ? Math.Min(_ones + 1, OnesRun) : 0;
                _seenOthers |= !isOne;
                // The same text again tells nothing new.
                _inUnit = value is < 0 or > 1 ? 0 : value == _last ? _inUnit : Math.Min(_inUnit + 1, SigmoidRun);
                _last = value;
                if (value is < 0 or > 1)
                {
                    // No sigmoid gives this; from here on only a long run tells.
                    _first = null;
                }
                else if (_first?.Count < FirstRun && value is > 0 and < 1)
                {
                    _first.Add(value);
                }

                return _ones > 0 && (!_seenOthers || _ones == OnesRun) ? Verdict.Ones
                    : (_inUnit == SigmoidRun || _first?.Count == FirstRun) && !unitInterval ? Verdict.Sigmoid
                    : _first is not null && !unitInterval ? Verdict.Unproven
                    : Verdict.Logit;
            }
        }
    }
}
