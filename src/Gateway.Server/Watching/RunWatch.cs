namespace Gateway.Server.Watching;

/// <summary>One model's responses in one training run: their latest window, what came before it, and the alarms it gave. Safe for concurrent use.</summary>
internal sealed class RunWatch(string model, string? run, WatchOptions limits, TimeProvider clock)
{
    // A summary looks at the whole window, so it is made once for so many responses.
    private const int SummariesPerWindow = 4;

    private readonly Lock _lock = new();
    private readonly WatchWindow _window = new(limits.Window);
    private readonly Baseline _baseline = new();
    private readonly Dictionary<CollapseKind, Alarm> _latest = [];
    private readonly int _step = Math.Max(1, limits.Window / SummariesPerWindow);
    private WindowSummary _summary;
    private CollapseSign[] _signs = [];
    private long _seen;

    /// <summary>How many of its responses are looked at.</summary>
    public WatchPace Pace { get; } = new(clock);

    /// <summary>The model.</summary>
    public string Model => model;

    /// <summary>The run; null for responses that named none.</summary>
    public string? Run => run;

    /// <summary>What the window last summarised looked like.</summary>
    public WindowSummary Summary
    {
        get
        {
            lock (_lock)
            {
                return _summary;
            }
        }
    }

    /// <summary>Adds a response, and returns the alarms that it raises.</summary>
    public IReadOnlyList<Alarm> Observe(in WatchedResponse response)
    {
        lock (_lock)
        {
            _window.Add(response);
            _seen++;
            return _seen % _step == 0 ? Judge() : [];
        }
    }

    /// <summary>What there is to show of it.</summary>
    public RunState Show()
    {
        lock (_lock)
        {
            return new RunState(model, run, _seen, _window.Summarise(), _baseline.Mean, [.. _signs.Select(sign => sign.Kind)], [.. _latest.Values.OrderBy(alarm => alarm.At)]);
        }
    }

    private List<Alarm> Judge()
    {
        _summary = _window.Summarise();
        _signs = [.. CollapseSigns.In(_summary, _baseline.Mean, limits)];
        if (_window.Count == limits.Window)
        {
            _baseline.Add(_summary);
        }

        var now = clock.GetUtcNow();
        var raised = new List<Alarm>();
        foreach (var sign in _signs)
        {
            if (!_latest.TryGetValue(sign.Kind, out var last) || now - last.At >= TimeSpan.FromSeconds(limits.CooldownSeconds))
            {
                raised.Add(_latest[sign.Kind] = new Alarm(model, run, sign, now, _seen));
            }
        }

        return raised;
    }
}

/// <summary>A sign of collapse that was seen, and where and when.</summary>
/// <param name="Model">The model that scored.</param>
/// <param name="Run">The training run; null where none was named.</param>
/// <param name="Sign">What was seen.</param>
/// <param name="At">When.</param>
/// <param name="Responses">How many responses of the run were seen by then.</param>
internal sealed record Alarm(string Model, string? Run, CollapseSign Sign, DateTimeOffset At, long Responses);

/// <summary>A run as it is shown.</summary>
/// <param name="Model">The model.</param>
/// <param name="Run">The training run.</param>
/// <param name="Responses">Responses seen.</param>
/// <param name="Now">The latest window.</param>
/// <param name="Before">What it was like before; null until one window was full.</param>
/// <param name="Signs">The signs that held when the window was last judged.</param>
/// <param name="Alarms">The latest alarm of each kind, oldest first.</param>
internal sealed record RunState(
    string Model, string? Run, long Responses, WindowSummary Now, WindowSummary? Before, IReadOnlyList<CollapseKind> Signs, IReadOnlyList<Alarm> Alarms);
