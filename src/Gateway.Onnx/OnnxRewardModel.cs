using Gateway.Core.Aggregation;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Onnx.Running;
using Gateway.Onnx.Text;

namespace Gateway.Onnx;

/// <summary>A reward model that runs in this process: text to tokens to one logit. The same text has bitwise the same score in any company.</summary>
public sealed class OnnxRewardModel : IRewardModel, IAsyncDisposable
{
    private readonly EncodingRules _rules;
    private readonly OneRow _plan;
    private readonly IReadOnlyList<OnnxSession> _sessions;
    private readonly Lock _disposing = new();
    private Task? _disposal;

    internal OnnxRewardModel(EncodingRules rules, string revision, OneRow plan, IReadOnlyList<OnnxSession> sessions)
    {
        _rules = rules;
        _plan = plan;
        _sessions = sessions;
        Revision = revision;
    }

    /// <inheritdoc/>
    public string Name => _rules.ModelName;

    /// <inheritdoc/>
    public string Revision { get; }

    /// <inheritdoc/>
    public Granularity Granularity => Granularity.Pointwise;

    /// <inheritdoc/>
    public ChatTemplate? Template => _rules.Template;

    /// <inheritdoc/>
    public int? MaxTokens => _rules.MaxTokens;

    /// <inheritdoc/>
    public ScoreRange? RangeOf(Guidance? guidance) => _rules.Range;

    /// <inheritdoc/>
    public int Concurrency => _plan.Workers;

    /// <summary>How many texts wait for a worker.</summary>
    public int Waiting => _plan.Waiting;

    /// <inheritdoc/>
    public Task<IReadOnlyList<ScoreResult>> ScoreAsync(IReadOnlyList<HardenedItem> items, CancellationToken cancellation) =>
        _plan.ScoreAsync(items, cancellation);

    /// <summary>Refuses new items, fails those that wait with <see cref="ErrorKind.NotReady"/>, lets running ones end, and frees the graph.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_disposing)
        {
            return new ValueTask(_disposal ??= StopAsync());
        }
    }

    private async Task StopAsync()
    {
        await _plan.DisposeAsync().ConfigureAwait(false);
        foreach (var session in _sessions)
        {
            session.Dispose();
        }
    }
}
