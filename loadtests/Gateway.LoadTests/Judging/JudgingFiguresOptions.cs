namespace Gateway.LoadTests.Judging;

/// <summary>What the <c>judging</c> command was asked for.</summary>
internal sealed record JudgingFiguresOptions
{
    /// <summary>The repository's root.</summary>
    public required string Root { get; init; }

    /// <summary>How often everything is measured.</summary>
    public required int Rounds { get; init; }

    /// <summary>Milliseconds of one measurement over HTTP; those within this process take a fifth of it each.</summary>
    public required int Milliseconds { get; init; }

    /// <summary>Judge calls at a time in the fan-out.</summary>
    public required int Calls { get; init; }

    /// <summary>What is measured: <c>all</c>, <c>styles</c>, <c>http</c> or <c>fan-out</c>.</summary>
    public required string Part { get; init; }

    /// <summary>The gateway's Release build.</summary>
    public required string Server { get; init; }

    /// <summary>The C compiler that makes the engine.</summary>
    public required string Compiler { get; init; }

    /// <summary>Where the table goes.</summary>
    public required string Out { get; init; }

    /// <summary>Reads and checks the options.</summary>
    public static JudgingFiguresOptions From(Arguments arguments)
    {
        var root = RepositoryRoot.Find();
        var options = new JudgingFiguresOptions
        {
            Root = root,
            Rounds = arguments.Number("--rounds", 5, 100),
            Milliseconds = arguments.Number("--milliseconds", 1500, 60_000),
            Calls = arguments.Number("--calls", 2000, 10_000),
            Part = arguments.Text("--part") ?? "all",
            Server = arguments.Server(root),
            Compiler = arguments.Text("--cc") ?? "/usr/bin/gcc",
            Out = arguments.Text("--out") ?? Path.Combine(root, "loadtests/results/judging.md"),
        };
        arguments.RefuseOthers();
        if (!File.Exists(options.Compiler))
            throw new UsageException($"{options.Compiler} is missing; install Debian's gcc, or name a compiler by --cc.");
        if (options.Part is not ("all" or "styles" or "http" or "fan-out"))
            throw new UsageException($"--part must be all, styles, http or fan-out, not '{options.Part}'.");

        return options;
    }
}
