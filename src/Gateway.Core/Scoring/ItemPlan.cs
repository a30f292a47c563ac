namespace Gateway.Core.Scoring;

/// <summary>
/// How a request's items become cacheable units and how their results come back in the client's order. Order is kept here and nowhere else.
/// </summary>
public sealed class ItemPlan
{
    private readonly int[] _responseCounts;

    private ItemPlan(IReadOnlyList<ScoreItem> units, int[] responseCounts)
    {
        Units = units;
        _responseCounts = responseCounts;
    }

    /// <summary>The cacheable units, in the client's order.</summary>
    public IReadOnlyList<ScoreItem> Units { get; }

    /// <summary>Splits items into what one model call judges together.</summary>
    public static ItemPlan Split(IReadOnlyList<ScoreItem> items, Granularity granularity)
    {
        var counts = items.Select(item => item.Body.ResponseCount).ToArray();
        var units = granularity switch
        {
            Granularity.Listwise => items,
            Granularity.Pointwise => items.SelectMany(Pointwise).ToArray(),
            _ => throw new ArgumentOutOfRangeException(nameof(granularity), granularity, null),
        };
        return new ItemPlan(units, counts);
    }

    /// <summary>Groups what each response got, flat and in the order of <see cref="Units"/>, by the client's items.</summary>
    /// <exception cref="ArgumentException">There are more or fewer results than responses.</exception>
    public IReadOnlyList<IReadOnlyList<T>> Join<T>(IReadOnlyList<T> results)
    {
        var expected = _responseCounts.Sum();
        if (results.Count != expected)
        {
            throw new ArgumentException($"{results.Count} results for {expected} responses; a model returned the wrong count.", nameof(results));
        }

        var joined = new IReadOnlyList<T>[_responseCounts.Length];
        var next = 0;
        for (var item = 0; item < joined.Length; item++)
        {
            var own = new T[_responseCounts[item]];
            for (var response = 0; response < own.Length; response++)
            {
                own[response] = results[next++];
            }

            joined[item] = own;
        }

        return joined;
    }

    private static IEnumerable<ScoreItem> Pointwise(ScoreItem item) =>
        item.Body is ItemBody.Conversation { Responses.Count: not 1 } conversation
            ? conversation.Responses.Select(response => item with { Body = conversation with { Responses = [response] } })
            : [item];
}
