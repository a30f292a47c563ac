namespace Gateway.Server.Judging;

/// <summary>Those who wait, by party; turns go round the parties. Not safe for several threads.</summary>
internal sealed class JudgeQueue
{
    private readonly Dictionary<string, LinkedListNode<Party>> _parties = new(StringComparer.Ordinal);
    private readonly LinkedList<Party> _turns = new();
    private readonly SortedSet<JudgeWaiter> _deadlines = new(Comparer<JudgeWaiter>.Create((one, other) =>
        one.Until == other.Until ? one.Number.CompareTo(other.Number) : Nullable.Compare(one.Until, other.Until)));
    private long _numbers;

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    /// <summary>Whose turn it is; null where nobody waits.</summary>
    public JudgeWaiter? Next => _turns.First?.Value.Waiters.First!.Value;

    /// <summary>Whose deadline comes first; null where nobody has one.</summary>
    public JudgeWaiter? Soonest => _deadlines.Min;

    /// <summary>How many calls of a party wait.</summary>
    public int CountOf(string party) => _parties.TryGetValue(party, out var turn) ? turn.Value.Waiters.Count : 0;

    /// <summary>Adds one at the end of its party's line; a party that did not wait gets the last turn.</summary>
    public void Add(JudgeWaiter waiter)
    {
        if (!_parties.TryGetValue(waiter.Party, out var turn))
        {
            _parties[waiter.Party] = turn = _turns.AddLast(new Party());
        }

        waiter.Number = _numbers++;
        waiter.Place = turn.Value.Waiters.AddLast(waiter);
        Count++;
        AddDeadline(waiter);
    }

    /// <summary>Notes anew until when somebody waits for a call that waits here.</summary>
    public void Note(JudgeWaiter waiter, TimeSpan now)
    {
        _deadlines.Remove(waiter);
        waiter.Note(now);
        AddDeadline(waiter);
    }

    /// <summary>The one whose turn it was has its permit; its party's next turn comes after all others'.</summary>
    public void Served(JudgeWaiter waiter)
    {
        var turn = _turns.First!;
        Remove(waiter);
        if (turn.List is not null)
        {
            _turns.RemoveFirst();
            _turns.AddLast(turn);
        }
    }

    /// <summary>Takes one out; false where it waits no more.</summary>
    public bool Remove(JudgeWaiter waiter)
    {
        if (waiter.Place is not { } place)
        {
            return false;
        }

        var turn = _parties[waiter.Party];
        turn.Value.Waiters.Remove(place);
        waiter.Place = null;
        Count--;
        _deadlines.Remove(waiter);
        if (turn.Value.Waiters.Count == 0)
        {
            _turns.Remove(turn);
            _parties.Remove(waiter.Party);
        }

        return true;
    }

    private void AddDeadline(JudgeWaiter waiter)
    {
        if (waiter.Until is not null)
        {
            _deadlines.Add(waiter);
        }
    }

    private sealed class Party
    {
        public LinkedList<JudgeWaiter> Waiters { get; } = new();
    }
}
