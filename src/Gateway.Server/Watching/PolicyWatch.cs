using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Watching;

/// <summary>Watches scored responses, by model and training run, for the signs of a policy that collapses. Keeps digests, never text.</summary>
internal sealed class PolicyWatch(IOptions<WatchOptions> options, TimeProvider clock, AlarmPost post)
{
    private readonly WatchOptions _limits = options.Value;
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<(string Model, CollapseKind Kind), long> _alarms = [];
    private readonly Dictionary<(string Model, string? Run), LinkedListNode<RunWatch>> _runs = [];

    // The run seen last is first.
    private readonly LinkedList<RunWatch> _bySeen = [];

    /// <summary>The watched runs, the one seen last first.</summary>
    public IReadOnlyList<RunWatch> Runs
    {
        get
        {
            lock (_lock)
            {
                return [.. _bySeen];
            }
        }
    }

    /// <summary>How many alarms were raised since the start.</summary>
    public IReadOnlyDictionary<(string Model, CollapseKind Kind), long> AlarmCounts => _alarms;

    /// <summary>Looks at what a request's responses got; their texts must still be readable.</summary>
    /// <param name="model">The model that scored them.</param>
    /// <param name="run">The training run, where the client named one.</param>
    /// <param name="items">The items.</param>
    /// <param name="results">What each item's responses got, in order.</param>
    public void Observe(IRewardModel model, string? run, IReadOnlyList<ScoreItem> items, IReadOnlyList<IReadOnlyList<ScoredResponse>> results)
    {
        if (!_limits.Enabled)
        {
            return;
        }

        var count = 0;
        for (var item = 0; item < results.Count; item++)
        {
            count += results[item].Count;
        }

        var taken = Find(model.Name, run).Pace.Take(count);
        // Evenly, but not from the same place: groups of samples come in equal sizes.
        var place = taken == count ? 0 : Random.Shared.Next(count);
        for (var item = 0; item < items.Count && taken > 0; item++)
        {
            var sampled = false;
            var (prompt, texts) = (0UL, (IReadOnlyList<Utf8Text>)[]);
            for (var i = 0; i < results[item].Count; i++, place++)
            {
                if ((long)place % count * taken % count >= taken)
                {
                    continue;
                }

                (prompt, texts) = sampled ? (prompt, texts) : TextsOf(items[item].Body, model.Template);
                sampled = true;
                // A response without a score says nothing of the reward.
                if (i < texts.Count && results[item][i] is { Result.Score: { } score, Findings: var findings })
                {
                    var text = texts[i].Span;
                    Observe(model.Name, run, new WatchedResponse(prompt, TextDigest.Of(text), text.Length, score.Value, IsAttack(findings)));
                }
            }
        }
    }

    /// <summary>Adds one response to its run.</summary>
    public void Observe(string model, string? run, in WatchedResponse response)
    {
        foreach (var alarm in Find(model, run).Observe(response))
        {
            _alarms.AddOrUpdate((alarm.Model, alarm.Sign.Kind), 1, (_, count) => count + 1);
            post.Raise(alarm);
        }
    }

    private RunWatch Find(string model, string? run)
    {
        lock (_lock)
        {
            if (_runs.TryGetValue((model, run), out var known))
            {
                if (known != _bySeen.First)
                {
                    _bySeen.Remove(known);
                    _bySeen.AddFirst(known);
                }

                return known.Value;
            }

            if (_runs.Count >= _limits.Runs)
            {
                var oldest = _bySeen.Last!.Value;
                _bySeen.RemoveLast();
                _runs.Remove((oldest.Model, oldest.Run));
            }

            var watch = new RunWatch(model, run, _limits, clock);
            _runs[(model, run)] = _bySeen.AddFirst(watch);
            return watch;
        }
    }

    private static bool IsAttack(IReadOnlyList<HardeningFinding> findings) =>
        findings.Any(finding => finding.Action != FindingAction.Observed && finding.Field is "response" or "text");

    /// <summary>A hash of the prompt, and the responses; no responses where the body does not show them.</summary>
    private static (ulong Prompt, IReadOnlyList<Utf8Text> Responses) TextsOf(ItemBody body, ChatTemplate? template)
    {
        switch (body)
        {
            case ItemBody.Conversation conversation:
                var prompt = new XxHash3();
                foreach (var (role, content) in conversation.Prompt)
                {
                    prompt.Append(MemoryMarshal.AsBytes(role.AsSpan()));
                    prompt.Append(content.Span);
                }

                return (prompt.GetCurrentHashAsUInt64(), conversation.Responses);
            case ItemBody.Templated templated when template?.FindResponse(templated) is (_, >= 0 and var start, var length):
                return (XxHash3.HashToUInt64(templated.Text.Span[..start]), [templated.Text.Slice(start, length)]);
            default:
                return (0, []);
        }
    }
}
