using Gateway.LoadTests.Workload;

namespace Gateway.LoadTests.Figures;

/// <summary>What the <c>figures</c> command was asked for.</summary>
internal sealed record FiguresOptions
{
    /// <summary>The repository's root.</summary>
    public required string Root { get; init; }

    /// <summary>The model's registry name and folder under <c>models/</c>.</summary>
    public required string Model { get; init; }

    /// <summary>How many pairs the workload has.</summary>
    public required int Items { get; init; }

    /// <summary>How often every route is measured, the routes taking turns.</summary>
    public required int Rounds { get; init; }

    /// <summary>How often one measurement of ours scores the whole workload; the naive server's does once.</summary>
    public required int Passes { get; init; }

    /// <summary>The gateway's Release build.</summary>
    public required string Server { get; init; }

    /// <summary>The Python that has Debian's torch and aiohttp, or <c>none</c> to leave the naive server out.</summary>
    public required string Python { get; init; }

    /// <summary>Where the table goes.</summary>
    public required string Out { get; init; }

    /// <summary>The model's folder.</summary>
    public string ModelFolder => Path.Combine(Root, "models", Model);

    /// <summary>Whether the naive server takes part.</summary>
    public bool WithNaive => Python != "none";

    /// <summary>Reads and checks the options.</summary>
    public static FiguresOptions From(Arguments arguments)
    {
        var root = RepositoryRoot.Find();
        var options = new FiguresOptions
        {
            Root = root,
            Model = arguments.Text("--model") ?? "rm-mini",
            Items = arguments.Number("--items", WorkloadReader.DefaultCount, 100_000),
            Rounds = arguments.Number("--rounds", 5, 100),
            Passes = arguments.Number("--passes", 3, 100),
            Server = arguments.Server(root),
            Python = arguments.Text("--python") ?? "/usr/bin/python3",
            Out = arguments.Text("--out") ?? Path.Combine(root, "loadtests/results/first-figures.md"),
        };
        arguments.RefuseOthers();
        options.Check();
        return options;
    }

    private void Check()
    {
        if (!File.Exists(Path.Combine(ModelFolder, "model.onnx")))
            throw new UsageException($"{ModelFolder} has no model.onnx.");
        if (WithNaive && !File.Exists(Python))
            throw new UsageException($"{Python} is missing; name a Python with torch, aiohttp, onnx and sentencepiece by --python, or leave the naive server out by --python none.");
    }
}
