namespace Gateway.Core.Scoring;

/// <summary>
/// How a request's items become cacheable units and how their results come back in the client's order. Order is kept here and nowhere else.
/// </summary>
public sealed class ItemPlan
{
    /// <summary>The most responses of one item of which every two are compared where nobody asked for it.</summary>
    public const int AllPairsUpTo = 8;

    /// <summary>The most responses of one item of which every two may be compared.</summary>
    public const int MostForAllPairs = 64;

    private readonly IReadOnlyList<ScoreItem> _items;
    private readonly int[] _responseCounts;

    private ItemPlan(IReadOnlyList<ScoreItem> items, IReadOnlyList<ScoreItem> units, int[] responseCounts, IReadOnlyList<ResponsePair>? pairs)
    {
        _items = items;
        Units = units;
        Pairs = pairs;
        _responseCounts = responseCounts;
    }

    /// <summary>The cacheable units, in the client's order.</summary>
    public IReadOnlyList<ScoreItem> Units { get; }

    /// <summary>For a pairwise model, which responses each unit compares; null for others.</summary>
    public IReadOnlyList<ResponsePair>? Pairs { get; }

    /// <summary>How many responses each item has.</summary>
    public IReadOnlyList<int> ResponseCounts => _responseCounts;

    /// <summary>Splits items into what one model call judges together.</summary>
    /// <exception cref="GatewayException">A pairwise model has nothing to compare an item's response with, or far too much: <see cref="ErrorKind.InvalidRequest"/>.</exception>
    public static ItemPlan Split(IReadOnlyList<ScoreItem> items, Granularity granularity, Pairing pairing = Pairing.Default)
    {
        var counts = new int[items.Count];
        var responses = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] = items[i].Body.ResponseCount;
            responses += counts[i];
        }

        switch (granularity)
        {
            case Granularity.Listwise:
                return new ItemPlan(items, items, counts, pairs: null);
            case Granularity.Pointwise:
                return new ItemPlan(items, Pointwise(items, counts, responses), counts, pairs: null);
            case Granularity.Pairwise:
                var (units, pairs) = Pairwise(items, pairing);
                return new ItemPlan(items, units, counts, pairs);
            default:
                throw new ArgumentOutOfRangeException(nameof(granularity), granularity, null);
        }
    }

    /// <summary>Groups what the responses of each unit got, in the order of <see cref="Units"/>, by the client's items; not for pairs.</summary>
    /// <exception cref="ArgumentException">There are more or fewer results than responses.</exception>
    public IReadOnlyList<IReadOnlyList<T>> Join<T>(IReadOnlyList<IReadOnlyList<T>> byUnit)
    {
        if (byUnit.Count != Units.Count)
        {
            throw WrongCount(byUnit.Count);
        }

        for (var unit = 0; unit < byUnit.Count; unit++)
        {
            if (byUnit[unit].Count != Units[unit].Body.ResponseCount)
            {
                throw WrongCount(byUnit[unit].Count);
            }
        }

        return ReferenceEquals(Units, _items) ? byUnit : Grouped(byUnit);
    }

    /// <summary>Results of units that have one response each.</summary>
    private IReadOnlyList<T>[] Grouped<T>(IReadOnlyList<IReadOnlyList<T>> byUnit)
    {
        var joined = new IReadOnlyList<T>[_responseCounts.Length];
        var next = 0;
        for (var item = 0; item < joined.Length; item++)
        {
            var own = new T[_responseCounts[item]];
            for (var response = 0; response < own.Length; response++)
            {
                own[response] = byUnit[next++][0];
            }

            joined[item] = own;
        }

        return joined;
    }

    private static ArgumentException WrongCount(int results) => new($"{results} results where there are more or fewer responses; a model returned the wrong count.");

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

    private static (List<ScoreItem> Units, List<ResponsePair> Pairs) Pairwise(IReadOnlyList<ScoreItem> items, Pairing pairing)
    {
        var units = new List<ScoreItem>();
        var pairs = new List<ResponsePair>();
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i].Body is not ItemBody.Conversation { Responses.Count: > 1 } conversation)
            {
                throw new GatewayException(ErrorKind.InvalidRequest, $"items[{i}]: a pairwise model compares responses; send two or more.");
            }

            foreach (var (a, b) in PairsOf(i, conversation.Responses.Count, pairing))
            {
                var (one, other) = (conversation.Responses[a], conversation.Responses[b]);
                var swapped = one.Span.SequenceCompareTo(other.Span) > 0;
                pairs.Add(new ResponsePair(i, a, b, swapped));
                units.Add(items[i] with { Body = conversation with { Responses = swapped ? [other, one] : [one, other] } });
            }
        }

        return (units, pairs);
    }

    private static IEnumerable<(int A, int B)> PairsOf(int item, int count, Pairing pairing)
    {
        if (pairing == Pairing.All && count > MostForAllPairs)
        {
            throw new GatewayException(
                ErrorKind.InvalidRequest, $"items[{item}]: it has {count} responses; every two are compared up to {MostForAllPairs}, so ask for the pairing 'circular'.");
        }

        if (pairing == Pairing.All || (pairing == Pairing.Default && count <= AllPairsUpTo))
        {
            return Enumerable.Range(0, count).SelectMany(a => Enumerable.Range(a + 1, count - a - 1).Select(b => (a, b)));
        }

        return count == 2 ? [(0, 1)] : Enumerable.Range(0, count).Select(a => a + 1 < count ? (a, a + 1) : (0, a));
    }
}
