using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Server.Judging.Juries;

namespace Gateway.Server.Scoring;

/// <summary>
/// Responses of lists and pairs that the policy floors for their text. Each gets the floor and is shown to no judge; the others are judged without it, as
/// if it had not been sent, so their scores are stored under the company that they were in. Every response is therefore looked at before stored scores
/// can be looked for, where a floor is declared: a hit of such a list costs its hardening, which is little beside what a judge of lists takes for a miss.
/// </summary>
internal sealed class FlooredApart
{
    private const string Alone = "every other response was floored, so there is nothing to compare it with";

    private readonly Entry[] _entries;

    private FlooredApart(Entry[] entries)
    {
        _entries = entries;
        Rest = [.. entries.Select(entry => entry.Rest).OfType<ScoreItem>()];
    }

    /// <summary>The items without their floored responses; those of which nothing is left to judge are left out.</summary>
    public IReadOnlyList<ScoreItem> Rest { get; }

    /// <summary>What was found in the floored responses.</summary>
    public IEnumerable<HardeningFinding> Findings => _entries.SelectMany(entry => entry.Given).SelectMany(given => given?.Findings ?? []);

    /// <summary>The floored responses of a request; null where there are none, or nobody says what they get.</summary>
    public static FlooredApart? Of(IReadOnlyList<ScoreItem> items, IRewardModel model, Hardener hardener)
    {
        // A jury's jurors have floors of their own.
        if (hardener.Floor is not { } floor || model.Granularity == Granularity.Pointwise || model is JuryRewardModel)
        {
            return null;
        }

        var floored = new Score(floor, Tokens: 0, Truncated: false, default);
        var entries = items.Select(item => Entry.Of(item, model, hardener, floored)).ToArray();
        return entries.Any(entry => entry.Kept.Length < entry.Given.Length) ? new FlooredApart(entries) : null;
    }

    /// <summary>What the whole request got, from what its rest got.</summary>
    public ScoredRequest PutBack(ScoredRequest rest)
    {
        var (items, comparisons, next) = (new IReadOnlyList<ScoredResponse>[_entries.Length], new IReadOnlyList<Comparison>[_entries.Length], 0);
        for (var item = 0; item < items.Length; item++)
        {
            var entry = _entries[item];
            var place = entry.Rest is null ? -1 : next++;
            items[item] = entry.PutBack(place < 0 ? [] : rest.Items[place]);
            comparisons[item] = place < 0 || rest.Comparisons is null
                ? []
                : [.. rest.Comparisons[place].Select(one => new Comparison(entry.Kept[one.A], entry.Kept[one.B], one.OfA))];
        }

        return rest with { Items = items, Comparisons = rest.Comparisons is null ? null : comparisons };
    }

    /// <summary>One item.</summary>
    /// <param name="Rest">The item with the responses that are judged; null where there are none.</param>
    /// <param name="Kept">Which these are.</param>
    /// <param name="Given">What the others get; null at the places of those that are judged.</param>
    private sealed record Entry(ScoreItem? Rest, int[] Kept, ScoredResponse?[] Given)
    {
        public static Entry Of(ScoreItem item, IRewardModel model, Hardener hardener, Score floored)
        {
            var given = new ScoredResponse?[item.Body.ResponseCount];
            if (item.Body is not ItemBody.Conversation { Responses.Count: > 1 } conversation)
            {
                return new Entry(item, [.. Enumerable.Range(0, given.Length)], given);
            }

            for (var i = 0; i < given.Length; i++)
            {
                var alone = hardener.Harden(item with { Body = conversation with { Responses = [conversation.Responses[i]] } }, model.Template);
                given[i] = alone.Gravest == FindingAction.Floored ? new ScoredResponse(floored, alone.Findings, IsCached: false) : null;
            }

            int[] kept = [.. Enumerable.Range(0, given.Length).Where(i => given[i] is null)];
            if (kept.Length == 1 && model.Granularity == Granularity.Pairwise)
            {
                given[kept[0]] = new ScoredResponse(new Undecided(Alone, Judgement.Of(null), 0, default), [], IsCached: false);
                return new Entry(null, [], given);
            }

            return new Entry(
                kept.Length == 0 ? null : kept.Length == given.Length ? item : item with { Body = conversation with { Responses = [.. kept.Select(i => conversation.Responses[i])] } },
                kept,
                given);
        }

        public ScoredResponse[] PutBack(IReadOnlyList<ScoredResponse> judged)
        {
            var all = new ScoredResponse[Given.Length];
            for (var i = 0; i < all.Length; i++)
            {
                all[i] = Given[i] ?? Renamed(judged[Array.IndexOf(Kept, i)]);
            }

            return all;
        }

        // A list names its responses by their places in it.
        private ScoredResponse Renamed(ScoredResponse response) => response with
        {
            Findings = [.. response.Findings.Select(finding => finding.Field.StartsWith("responses[", StringComparison.Ordinal)
                && int.TryParse(finding.Field.AsSpan(10, finding.Field.Length - 11), out var place)
                ? finding with { Field = $"responses[{Kept[place]}]" }
                : finding)],
        };
    }
}
