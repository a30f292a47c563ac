using System.Globalization;
using Gateway.Core.Aggregation;
using Gateway.Core.Hardening;
using Gateway.Core.Judging;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;

namespace Gateway.Server.Judging;

/// <summary>
/// A judge: a cluster and one style. Every item is sampled by itself; what fails fails its own item, and the calls that this makes useless are
/// cancelled, so that they stop billing.
/// </summary>
internal sealed class JudgeRewardModel(ModelSource source, JudgeManifest manifest, string revision, JudgeQuestion question, JudgeGeneration generation, JudgeLimits limits)
    : IDeadlineRewardModel, IRenewedModel, ICriteriaModel, IDisposable
{
    private static readonly ScoreResult TimedOut = ScoreResult.Failed(ErrorKind.TimedOut, "The deadline passed before this item was judged.");

    private readonly SampleVotes _votes = new(manifest.Votes, comparesTwo: manifest.Style.Granularity == Granularity.Pairwise, manifest.Filter);
    private long _callers;

    /// <inheritdoc/>
    public string Name => source.Name;

    /// <inheritdoc/>
    public string Revision => revision;

    /// <inheritdoc/>
    public Granularity Granularity => manifest.Style.Granularity;

    /// <inheritdoc/>
    public GuidanceFields Guidance => manifest.Guidance;

    /// <inheritdoc/>
    public string? ObjectionTo(Principle principle) => principle.ObjectionTo(manifest.StyleName);

    /// <inheritdoc/>
    public ScoreRange? RangeOf(Guidance? guidance) => manifest.Style.RangeOf(manifest.Case.RubricOf(guidance)?.Scale ?? ScoreScale.OneToFive);

    /// <inheritdoc/>
    public bool IsPlainlyRight(ScoreItem item, int response) =>
        item.Body is ItemBody.Conversation(_, var responses)
        && manifest.Style.IsPlainlyRight(item.Guidance?.Reference?.ToString(), ReasoningText.Apply(responses[response], manifest.Case.Reasoning).ToString());

    /// <inheritdoc/>
    public ChatTemplate? Template => null;

    /// <inheritdoc/>
    public bool NeedsConversation => true;

    /// <inheritdoc/>
    public int? MaxTokens => null;

    /// <inheritdoc/>
    public required int Concurrency { get; init; }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ScoreResult>> ScoreAsync(IReadOnlyList<HardenedItem> items, CancellationToken cancellation) => RunAsync(items, null, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ScoreResult>> ScoreAsync(IReadOnlyList<HardenedItem> items, Deadline deadline, CancellationToken cancellation) =>
        RunAsync(items, deadline, cancellation);

    /// <inheritdoc/>
    public bool Generates => manifest.Context != ContextUse.None || manifest.GeneratesRubric || Guidance.HasFlag(GuidanceFields.GeneratedCriteria);

    /// <inheritdoc/>
    public async Task<Generated> CriteriaAsync(HardenedItem item, CacheUse cache, Deadline deadline, CancellationToken cancellation)
    {
        var judged = new JudgeCase(item, ScoreKey.Of(item, revision), sample: 0, manifest.Case);
        // The item's principle may bring the scale that is written where nobody does.
        return manifest.GeneratesFor(judged, item.Item.Guidance)
            ? await generation.ForAsync(judged, cache, Caller(deadline), cancellation)
            : new Generated(judged, Digest: null, Fallback: null, default);
    }

    /// <inheritdoc/>
    public void Dispose() => limits.Dispose();

    private async Task<IReadOnlyList<ScoreResult>> RunAsync(IReadOnlyList<HardenedItem> items, Deadline? deadline, CancellationToken cancellation)
    {
        var caller = Caller(deadline);
        var judged = await Task.WhenAll(items.Select(item => JudgeAsync(item, caller, cancellation)));
        return [.. judged.SelectMany(results => results)];
    }

    private JudgeCaller Caller(Deadline? deadline) =>
        new(deadline?.Party ?? Interlocked.Increment(ref _callers).ToString(CultureInfo.InvariantCulture), deadline);

    private async Task<ScoreResult[]> JudgeAsync(HardenedItem item, JudgeCaller caller, CancellationToken cancellation)
    {
        var responses = item.Item.Body.ResponseCount;
        try
        {
            cancellation.ThrowIfCancellationRequested();
            // All texts are read here, before anything is awaited.
            var first = new JudgeCase(item, ScoreKey.Of(item, revision), sample: 0, manifest.Case);
            var used = manifest.GeneratesFor(first, item.Item.Guidance) ? await generation.ForAsync(first, CacheUse.Use, caller, cancellation) : null;
            first = used?.Judged ?? first;
            if (Granularity != Granularity.Pointwise || responses == 1)
            {
                return Results(await SamplesAsync(first, caller, cancellation), used);
            }

            var each = await Task.WhenAll(Enumerable.Range(0, responses).Select(response => SamplesAsync(first.Only(response), caller, cancellation)));
            return [.. each.SelectMany((answers, response) => Results(answers, response == 0 || used is null ? used : used with { Taken = default }))];
        }
        catch (OperationCanceledException)
        {
            return [.. Enumerable.Repeat(TimedOut, responses)];
        }
        catch (GatewayException fault)
        {
            ScoreResult failed = new Failure(fault.Kind, $"{Name}: {fault.Message}") { RetryAfter = fault.RetryAfter };
            return [.. Enumerable.Repeat(failed, responses)];
        }
    }

    private async Task<Sampled> SamplesAsync(JudgeCase first, JudgeCaller caller, CancellationToken cancellation)
    {
        using var item = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var needed = manifest.Quorum ?? manifest.Samples;
        var samples = Enumerable.Range(0, manifest.Samples).Select(sample => SampleAsync(sample == 0 ? first : first.Another(sample), caller, item.Token)).ToArray();
        GatewayException? fault = null;
        var failed = 0;
        await foreach (var sample in Task.WhenEach(samples))
        {
            if (sample.Exception?.InnerException is GatewayException own)
            {
                failed++;
                fault ??= own;
                if (manifest.Samples - failed < needed)
                {
                    await item.CancelAsync();
                }
            }
            else if (sample.IsFaulted)
            {
                await item.CancelAsync();
            }
        }

        // A bug is not one of the failures that a quorum does without.
        if (samples.FirstOrDefault(sample => sample.Exception is { InnerException: not GatewayException }) is { } bug)
        {
            await bug;
        }

        var read = samples.Where(sample => sample.IsCompletedSuccessfully).ToArray();
        if (read.Length < needed)
        {
            cancellation.ThrowIfCancellationRequested();
            throw fault ?? (Exception)new OperationCanceledException();
        }

        return new Sampled([.. read.Select(sample => sample.Result)], Missing(samples));
    }

    // Which ones a quorum did without, and why.
    private static string? Missing(Task<JudgeAnswer>[] samples)
    {
        var missing = samples.Index().Where(sample => !sample.Item.IsCompletedSuccessfully).Select(sample =>
            $"sample {sample.Index + 1} ({((sample.Item.Exception?.InnerException as GatewayException)?.Kind ?? ErrorKind.TimedOut).Traits().Name})").ToArray();
        return missing.Length == 0 ? null : $"missing: {string.Join(", ", missing)}";
    }

    private async Task<JudgeAnswer> SampleAsync(JudgeCase judged, JudgeCaller caller, CancellationToken cancellation)
    {
        if (manifest.Style.DecideAlone(judged) is { } decided)
        {
            return new JudgeAnswer(decided, default, default);
        }

        var calls = manifest.Style.BuildCalls(judged);
        using var sample = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var asked = calls.Select(call => question.AskAsync(judged, call, caller, sample.Token)).ToArray();
        await foreach (var answer in Task.WhenEach(asked))
        {
            if (!answer.IsCompletedSuccessfully)
            {
                await sample.CancelAsync();
            }
        }

        // The one that failed of itself, and not those that were cancelled for it.
        if (asked.FirstOrDefault(answer => answer.IsFaulted) is { } faulted)
        {
            await faulted;
        }

        var answers = await Task.WhenAll(asked);
        var combined = manifest.Style.Combine(judged, calls, [.. answers.Select(answer => answer.Verdict!)]);
        return answers.Aggregate(new JudgeAnswer(combined, default, default), (sum, answer) => sum.With(answer));
    }

    private ScoreResult[] Results(Sampled sampled, Generated? used)
    {
        var answers = sampled.Read;
        var taken = answers.Aggregate(used?.Taken ?? default, (sum, answer) => sum.With(answer));
        var voted = _votes.Of([.. answers.Select(answer => answer.Verdict!)], manifest.Samples - answers.Length);
        var results = new ScoreResult[voted.Count];
        for (var response = 0; response < results.Length; response++)
        {
            // What one judging took is one response's, so that sums over responses are right; a comparison is counted by one of the two.
            var own = response == 0 || Granularity == Granularity.Pairwise ? taken : default;
            var (value, why, judgement) = voted[response];
            judgement = judgement with
            {
                Usage = own.Usage,
                CriteriaDigest = used?.Digest,
                Fallback = used?.Fallback,
                Note = judgement.Note is null || sampled.Missing is null ? judgement.Note ?? sampled.Missing : $"{judgement.Note}; {sampled.Missing}",
            };
            var tokens = (int)Math.Min(int.MaxValue, own.Usage.PromptTokens);
            // What was judged by a makeshift, or by fewer samples than all, is given and not stored: the next time there may be what is missing, and
            // who asks then gets what others get.
            results[response] = value is { } number
                ? new Score(number, tokens, Truncated: false, own.Timings, IsProvisional: used?.Fallback is not null || sampled.Missing is not null, Judgement: judgement)
                : new Undecided(why!, judgement, tokens, own.Timings);
        }

        return results;
    }

    private sealed record Sampled(JudgeAnswer[] Read, string? Missing);
}
