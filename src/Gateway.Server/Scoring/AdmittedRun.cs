using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Server.Scoring;

/// <summary>Units that have their permits at a model until they were scored and this was disposed of.</summary>
internal sealed class AdmittedRun : IDisposable
{
    // What one response costs at most in the forecast of waits: longer text is refused without being read.
    private const int MostBytesPerToken = 16;
    private const int TokensWhereUnknown = 32_768;

    private readonly Admission _admission;
    private readonly ModelEntry _entry;
    private readonly int _responses;
    private readonly long _bytes;
    private (long Bytes, TimeSpan Spent) _scored;

    private AdmittedRun(Admission admission, ModelEntry entry, IReadOnlyList<HardenedItem> units)
    {
        _admission = admission;
        _entry = entry;
        for (var i = 0; i < units.Count; i++)
        {
            _responses += units[i].Item.Body.ResponseCount;
            _bytes += Cost(units[i]);
        }
    }

    /// <summary>Takes the permits of one run for all the units.</summary>
    /// <exception cref="GatewayException">There are none, or the wait would outlast the client: <see cref="ErrorKind.Overloaded"/>.</exception>
    public static AdmittedRun Enter(Admission admission, ModelEntry entry, IReadOnlyList<HardenedItem> units, TimeSpan patience) =>
        Enter(admission, entry, [units], patience)[0];

    /// <summary>Takes the permits of several runs, of all or of none; each gives its own back when it is over.</summary>
    /// <exception cref="GatewayException">There are none, or the wait would outlast the client: <see cref="ErrorKind.Overloaded"/>.</exception>
    public static AdmittedRun[] Enter(Admission admission, ModelEntry entry, IReadOnlyList<IReadOnlyList<HardenedItem>> pieces, TimeSpan patience)
    {
        AdmittedRun[] runs = [.. pieces.Select(units => new AdmittedRun(admission, entry, units))];
        admission.EnterItems(entry, runs.Sum(run => run._responses), runs.Sum(run => run._bytes), patience);
        return runs;
    }

    /// <summary>Scores the units that were admitted: one result per response, by unit.</summary>
    /// <param name="units">The units.</param>
    /// <param name="deadline">Until when anybody waits for them; models that ask others pass it on.</param>
    /// <param name="cancellation">Nobody waits any more.</param>
    /// <exception cref="GatewayException">The model gave another number of results: <see cref="ErrorKind.ModelFailed"/>.</exception>
    public async Task<IReadOnlyList<ScoreResult>[]> ScoreAsync(IReadOnlyList<HardenedItem> units, Deadline deadline, CancellationToken cancellation)
    {
        var results = await (_entry.Model is IDeadlineRewardModel model
            ? model.ScoreAsync(units, deadline, cancellation)
            : _entry.Model.ScoreAsync(units, cancellation));
        if (results.Count != _responses)
        {
            throw new GatewayException(ErrorKind.ModelFailed, $"The model gave {results.Count} results for {_responses} responses.");
        }

        var byUnit = new IReadOnlyList<ScoreResult>[units.Count];
        for (int unit = 0, next = 0; unit < byUnit.Length; unit++)
        {
            var own = new ScoreResult[units[unit].Item.Body.ResponseCount];
            for (var response = 0; response < own.Length; response++)
            {
                own[response] = results[next++];
            }

            byUnit[unit] = own;
            Note(own, Cost(units[unit]) / Math.Max(own.Length, 1));
        }

        return byUnit;
    }

    /// <summary>Gives the permits back.</summary>
    public void Dispose() => _admission.LeaveItems(_entry, _responses, _bytes, _scored);

    /// <summary>What was scored, in bytes, and the model's own time for it; what failed tells nothing of the model's speed.</summary>
    private void Note(ScoreResult[] results, long bytesEach)
    {
        foreach (var result in results)
        {
            if (result.Score is { Timings: var timings })
            {
                _scored = (_scored.Bytes + bytesEach, _scored.Spent + timings.Encode + timings.Run + timings.Upstream);
            }
        }
    }

    private long Cost(HardenedItem unit) =>
        Math.Min(unit.Item.Bytes, (long)MostBytesPerToken * (_entry.Model.MaxTokens ?? TokensWhereUnknown) * unit.Item.Body.ResponseCount);
}
