namespace Gateway.LoadTests.Caching;

/// <summary>What the <c>cache</c> command was asked for.</summary>
internal sealed record CacheFiguresOptions
{
    /// <summary>The repository's root.</summary>
    public required string Root { get; init; }

    /// <summary>How many items of each spelling are stored and asked for.</summary>
    public required int Items { get; init; }

    /// <summary>How often every route is measured, the routes taking turns.</summary>
    public required int Rounds { get; init; }

    /// <summary>Milliseconds of one measurement over HTTP; those within this process take half of it.</summary>
    public required int Milliseconds { get; init; }

    /// <summary>What the names of the measured routes begin with; empty measures all.</summary>
    public required string Routes { get; init; }

    /// <summary>The gateway's Release build.</summary>
    public required string Server { get; init; }

    /// <summary>The Redis server's program.</summary>
    public required string Redis { get; init; }

    /// <summary>Redis's own benchmark program.</summary>
    public required string RedisBenchmark { get; init; }

    /// <summary>Where the table goes.</summary>
    public required string Out { get; init; }

    /// <summary>Reads and checks the options.</summary>
    public static CacheFiguresOptions From(Arguments arguments)
    {
        var root = RepositoryRoot.Find();
        var options = new CacheFiguresOptions
        {
            Root = root,
            Items = arguments.Number("--items", 2048, 65_536),
            Rounds = arguments.Number("--rounds", 5, 100),
            Milliseconds = arguments.Number("--milliseconds", 1500, 60_000),
            Routes = arguments.Text("--routes") ?? "",
            Server = arguments.Server(root),
            Redis = arguments.Text("--redis") ?? "/usr/bin/redis-server",
            RedisBenchmark = arguments.Text("--redis-benchmark") ?? "/usr/bin/redis-benchmark",
            Out = arguments.Text("--out") ?? Path.Combine(root, "loadtests/results/cache.md"),
        };
        arguments.RefuseOthers();
        foreach (var program in (string[])[options.Redis, options.RedisBenchmark])
        {
            if (!File.Exists(program))
                throw new UsageException($"{program} is missing; install Debian's redis-server, or name the programs by --redis and --redis-benchmark.");
        }

        return options.Items >= CacheCommand.LargeBatch
            ? options
            : throw new UsageException($"--items {options.Items} does not fill a batch; ask for at least {CacheCommand.LargeBatch}.");
    }
}
