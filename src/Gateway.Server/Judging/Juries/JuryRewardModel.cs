using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Aggregation;
using Gateway.Core.Hardening;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;

namespace Gateway.Server.Judging.Juries;

/// <summary>
/// Several served models whose scores become one. Each juror is asked as if a client asked it: with its own policy, key, stored scores and limits, so
/// that nothing is judged twice; of the jury itself nothing is stored.
/// </summary>
internal sealed class JuryRewardModel(
    string name, JuryManifest manifest, IReadOnlyList<IRewardModel> parts, Func<ScoringService> scoring, JuryMetrics metrics) : IDeadlineRewardModel
{
    /// <summary>Bumped when the same scores of the same jurors come to another score.</summary>
    private const int JuryVersion = 1;

    private const int DigestBytes = 8;
    private static readonly TimeSpan LongestPatience = TimeSpan.FromHours(1);

    private Revisions _revisions = new([], "");
    private long _requests;

    /// <inheritdoc/>
    public string Name => name;

    /// <summary>A digest of the manifest and of every juror's revision, as these are now.</summary>
    public string Revision
    {
        get
        {
            var known = _revisions;
            for (var i = 0; i < parts.Count; i++)
            {
                if (known.OfParts.Length != parts.Count || parts[i].Revision != known.OfParts[i])
                {
                    return (_revisions = Read()).Own;
                }
            }

            return known.Own;
        }
    }

    /// <inheritdoc/>
    public Granularity Granularity { get; } = parts.All(part => part.Granularity == Granularity.Pointwise) ? Granularity.Pointwise : Granularity.Listwise;

    /// <summary>What every juror can be told; a principle only where none has one of its own.</summary>
    public GuidanceFields Guidance { get; } = manifest.Jurors.Zip(parts, (juror, part) => juror.Principle is null ? part.Guidance : part.Guidance & ~GuidanceFields.Principle)
        .Aggregate((one, other) => one & other);

    /// <inheritdoc/>
    public string? ObjectionTo(Principle principle) => parts.Select(part => part.ObjectionTo(principle)).FirstOrDefault(objection => objection is not null);

    /// <inheritdoc/>
    public ChatTemplate? Template { get; } = parts.Select(part => part.Template).Distinct().ToArray() is [var alone] ? alone : null;

    /// <inheritdoc/>
    public bool NeedsConversation { get; } = parts.Any(part => part.NeedsConversation);

    /// <inheritdoc/>
    public int? MaxTokens { get; } = parts.Min(part => part.MaxTokens);

    /// <inheritdoc/>
    public int Concurrency { get; } = parts.Min(part => part.Concurrency);

    /// <summary>Who sits in it.</summary>
    public IReadOnlyList<Juror> Jurors => manifest.Jurors;

    /// <inheritdoc/>
    public int Voices { get; } = parts.Sum(part => part.Voices);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ScoreResult>> ScoreAsync(IReadOnlyList<HardenedItem> items, CancellationToken cancellation) =>
        ScoreAsync(items, new ScoreOptions(LongestPatience), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ScoreResult>> ScoreAsync(IReadOnlyList<HardenedItem> items, Deadline deadline, CancellationToken cancellation) =>
        ScoreAsync(items, new ScoreOptions(deadline.Left) { Party = deadline.Party }, cancellation);

    /// <summary>Refuses items that a juror cannot take: one response where another is to be compared with it.</summary>
    /// <exception cref="GatewayException">There is such an item: <see cref="ErrorKind.InvalidRequest"/>.</exception>
    public void Check(ScoreRequest request)
    {
        if (parts.Any(part => part.Granularity == Granularity.Pairwise))
        {
            ItemPlan.Split(request.Items, Granularity.Pairwise, request.Options.Pairing);
        }

        foreach (var part in parts.OfType<JuryRewardModel>())
        {
            part.Check(request);
        }
    }

    /// <summary>Gives each unit without a result what the jury says of it.</summary>
    public async Task HearAsync(KeyedUnits units, ScoreOptions options, CancellationToken aborted)
    {
        var missing = units.WithoutResult();
        var asked = InTurn(options);
        var heard = await Task.WhenAll(missing.Select(unit => HearAsync(units.Items[unit], asked, aborted)));
        for (var i = 0; i < missing.Length; i++)
        {
            var reports = heard[i].Select(result => result.Judgement?.Jury).OfType<JuryReport>().ToArray();
            units.SetHeard(missing[i], heard[i], DisagreementFinding.Of(heard[i], manifest.Rule), reports.Length == heard[i].Length && reports.All(IsCached));
        }
    }

    private static bool IsCached(JuryReport report) => report.Jurors.All(juror => juror.IsCached);

    // Whatever a jury asks for one request is one party at each of its judges.
    private ScoreOptions InTurn(ScoreOptions options) => options.Party is not null ? options : options with
    {
        Party = string.Create(CultureInfo.InvariantCulture, $"{name}/{Interlocked.Increment(ref _requests)}"),
    };

    private async Task<IReadOnlyList<ScoreResult>> ScoreAsync(IReadOnlyList<HardenedItem> items, ScoreOptions options, CancellationToken cancellation)
    {
        var asked = InTurn(options);
        var heard = await Task.WhenAll(items.Select(item => HearAsync(item.Item, asked, cancellation)));
        return [.. heard.SelectMany(results => results)];
    }

    private async Task<ScoreResult[]> HearAsync(ScoreItem unit, ScoreOptions options, CancellationToken aborted)
    {
        var heard = await new JurySession(manifest, scoring()).HearAsync(unit, options, aborted);
        foreach (var votes in heard)
        {
            metrics.Voted(name, JuryReport.Of(manifest.Rule, votes));
        }

        return [.. heard.Select(votes => JuryTally.Of(manifest.Rule, votes))];
    }

    private Revisions Read()
    {
        string[] ofParts = [.. parts.Select(part => part.Revision)];
        var all = string.Join('\n', [JuryVersion.ToString(CultureInfo.InvariantCulture), manifest.Canonical, .. ofParts]);
        return new Revisions(ofParts, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)).AsSpan(0, DigestBytes)));
    }

    private sealed record Revisions(string[] OfParts, string Own);
}
