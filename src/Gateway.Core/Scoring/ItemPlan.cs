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
        var counts = new int[items.Count];
        var responses = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] = items[i].Body.ResponseCount;
            responses += counts[i];
        }

        var units = granularity switch
        {
            Granularity.Listwise => items,
            Granularity.Pointwise => Pointwise(items, counts, responses),
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

    private static IReadOnlyList<ScoreItem> Pointwise(IReadOnlyList<ScoreItem> items, int[] counts, int responses)
    {
        if (Array.TrueForAll(counts, count => count == 1))
        {
            return items;
        }

        var units = new ScoreItem[responses];
        var next = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            // Only a conversation has another number of responses than one.
            if (counts[i] == 1 || items[i].Body is not ItemBody.Conversation conversation)
            {
                units[next++] = items[i];
                continue;
            }

            for (var response = 0; response < counts[i]; response++)
            {
                units[next++] = items[i] with { Body = conversation with { Responses = [conversation.Responses[response]] } };
            }
        }

        return units;
    }
}
