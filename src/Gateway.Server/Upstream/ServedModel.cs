namespace Gateway.Server.Upstream;

/// <summary>Whether a destination serves the model that its cluster wants, as it last said itself; in doubt it does not.</summary>
internal sealed class ServedModel
{
    private readonly Lock _lock = new();
    private volatile Answer _answer = new(null, null, null);
    private int _doubts;

    /// <summary>How often it was doubted; an answer to a question from before a doubt proves nothing.</summary>
    public int Doubts => Volatile.Read(ref _doubts);

    /// <summary>The wanted model; null: any will do.</summary>
    public string? Wanted => _answer.Wanted;

    /// <summary>What it serves instead, or why it could not be asked; null while it is right or was not asked yet.</summary>
    public string? Fault => _answer.Fault;

    /// <summary>True where the wanted model is served, or none is wanted.</summary>
    public bool IsRight => _answer is { Wanted: null } or { Verified: not null };

    /// <summary>Wants another model from now on; asked anew where it differs.</summary>
    public void Want(string? model)
    {
        lock (_lock)
        {
            if (model != _answer.Wanted)
            {
                _answer = new Answer(model, null, null);
            }
        }
    }

    /// <summary>It was restarted, maybe with another model; true where it must be asked again.</summary>
    public bool Doubt()
    {
        lock (_lock)
        {
            if (_answer.Wanted is null)
            {
                return false;
            }

            _doubts++;
            _answer = _answer with { Verified = null };
            return true;
        }
    }

    /// <summary>It serves these models, as it said when asked after so many doubts; true where that is news.</summary>
    public bool Serves(string wanted, IReadOnlyCollection<string> models, int doubts) => models.Contains(wanted, StringComparer.Ordinal)
        ? Set(new Answer(wanted, wanted, null), doubts)
        : Set(new Answer(wanted, null, models.Count == 0 ? "names no model" : $"serves '{string.Join("', '", models.Take(3))}'"));

    /// <summary>It could not be asked; true where that is news.</summary>
    public bool CannotBeAsked(string wanted, string why) => Set(new Answer(wanted, null, why));

    private bool Set(Answer answer, int? doubts = null)
    {
        lock (_lock)
        {
            var before = _answer;
            if (before.Wanted != answer.Wanted)
            {
                return false;
            }

            _answer = doubts is null || doubts == _doubts ? answer : answer with { Verified = null };
            return before.Fault != _answer.Fault || (before.Fault is null && !before.Asked && _answer.Asked);
        }
    }

    private sealed record Answer(string? Wanted, string? Verified, string? Fault)
    {
        public bool Asked => Verified is not null || Fault is not null;
    }
}
