using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Rubrics;

/// <summary>
/// The principles in force. Filled before the port opens; afterwards a change of the folder is taken whole or not at all: while a file of it is faulty, the
/// principles that were in force stay, and so they do while somebody follows one that is gone. Reads are safe for concurrent use; one owner loads and looks.
/// </summary>
internal sealed partial class PrincipleCatalog(IOptions<GatewayOptions> options, ILogger<PrincipleCatalog> log)
{
    private readonly List<IPrincipleFollower> _followers = [];
    private readonly string _configured = options.Value.PrinciplesFolder ?? "";
    private volatile State _state = new(PrincipleSet.Empty, []);
    private PrincipleFolder? _folder;
    private string _judged = "";
    private string? _changing;
    private long _taken;
    private long _refused;

    /// <summary>The principles in force.</summary>
    public PrincipleSet Current => _state.Set;

    /// <summary>What keeps the folder as it is now from being used; empty where it is in force.</summary>
    public IReadOnlyList<PrincipleFileFault> Faults => _state.Faults;

    /// <summary>False where the folder has not been read, or could not be.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>Changes that came into force.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Changes that were faulty.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>The principle of that name, as it is in force now.</summary>
    /// <exception cref="GatewayException">There is none: <see cref="ErrorKind.UnknownPrinciple"/>.</exception>
    public Principle Find(string name) => Current.Find(name);

    /// <summary>Tells somebody of changes from now on; before the host runs.</summary>
    public void Follow(IPrincipleFollower follower) => _followers.Add(follower);

    /// <summary>Reads the folder for the first time.</summary>
    /// <exception cref="StartupException">Something does not fit; every fault of every file is listed.</exception>
    public void Load()
    {
        if (string.IsNullOrWhiteSpace(_configured))
        {
            IsLoaded = true;
            return;
        }

        if (FolderSearch.Find(_configured) is not { } path)
        {
            throw new StartupException([$"Gateway:PrinciplesFolder '{_configured}' is not there; create it, set an absolute path, or set it empty to have no principles."]);
        }

        _folder = new PrincipleFolder(path);
        var files = _folder.Look();
        var faults = new List<PrincipleFileFault>();
        if (PrincipleSet.Of(files, faults) is not { } set)
        {
            throw new StartupException([.. faults.Select(fault => fault.ToString())]);
        }

        _judged = PrincipleFolder.Fingerprint(files);
        _state = new State(set, []);
        IsLoaded = true;
        LogInForce(set.Principles.Count);
    }

    /// <summary>Takes a change of the folder that two looks in a row saw alike, since one look alone can fall between two halves of a write.</summary>
    public void Look()
    {
        if (_folder?.Look() is not { } files)
        {
            return;
        }

        var seen = PrincipleFolder.Fingerprint(files);
        if (seen == _judged)
        {
            _changing = null;
        }
        else if (seen != _changing)
        {
            _changing = seen;
        }
        else
        {
            (_judged, _changing) = (seen, null);
            Judge(files);
        }
    }

    private void Judge(IReadOnlyList<SeenFile> files)
    {
        var faults = new List<PrincipleFileFault>();
        var set = PrincipleSet.Of(files, faults);
        if (set is not null)
        {
            faults.AddRange(_followers.SelectMany(follower => follower.FaultsOf(set)));
        }

        if (set is null || faults.Count > 0)
        {
            _state = _state with { Faults = faults };
            Interlocked.Increment(ref _refused);
            LogRefused(faults.Count, string.Join(" | ", faults));
            return;
        }

        var before = _state.Set.Principles;
        // First, so that whoever sees the new principles finds their followers go by them.
        _followers.ForEach(follower => follower.Take(set));
        _state = new State(set, []);
        Interlocked.Increment(ref _taken);
        LogChanged(set.Principles.Count, string.Join(", ", set.Principles.Except(before).Select(principle => principle.Name)), string.Join(
            ", ", before.Select(principle => principle.Name).Except(set.Principles.Select(principle => principle.Name))));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} principles are in force")]
    private partial void LogInForce(int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} principles are in force; new or changed: [{Changed}], gone: [{Gone}]")]
    private partial void LogChanged(int count, string changed, string gone);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The changed principles are not used, those from before stay in force; {Count} faults: {Faults}")]
    private partial void LogRefused(int count, string faults);

    private sealed record State(PrincipleSet Set, IReadOnlyList<PrincipleFileFault> Faults);
}
