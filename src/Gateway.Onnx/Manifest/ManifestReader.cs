using Gateway.Core.Manifest;

namespace Gateway.Onnx.Manifest;

/// <summary>Reads <c>model.json</c> strictly and collects every problem.</summary>
internal static class ManifestReader
{
    /// <summary>The kind of model that this project serves.</summary>
    public const string Kind = "onnx";

    // Memory for a row of this length is taken at start-up, by every worker.
    private const int MostTokens = 1_048_576;

    private static readonly string[] ForPeople = ["description", "licence"];

    private static readonly string[] Keys =
        ["kind", .. ForPeople, "graph", "inputs", "head", "tokenizer", "template", "bos", "eos", "control_tokens", "max_tokens", "range"];

    /// <summary>
    /// The manifest of these bytes, or null where they are no JSON object. What is wrong is added to <paramref name="problems"/>; a manifest
    /// with problems still names the files to look at, so that theirs are found too.
    /// </summary>
    public static ModelManifest? Read(ReadOnlyMemory<byte> json, List<string> problems)
    {
        var before = problems.Count;
        var manifest = ManifestText.Read(json, Kind, Keys, problems, Read);
        return manifest is not null && problems.Count == before ? manifest with { Canonical = ManifestText.Canonical(json, ForPeople) } : manifest;
    }

    private static ModelManifest Read(ManifestObject root)
    {
        if (root.Text("kind") is var kind and not (Kind or ""))
        {
            root.Problem($"'kind' is '{kind}'; models of this folder are read as '{Kind}'.");
        }

        root.OptionalText("description");
        root.OptionalText("licence");
        var inputs = root.Object("inputs", "ids", "mask");
        var head = root.Object("head", "output", "labels");
        var tokenizer = root.Object("tokenizer", "type", "file", "vocabulary");
        if (tokenizer.Text("type") is var type and not ("sentencepiece" or ""))
        {
            root.Problem($"'tokenizer.type' is '{type}'; only 'sentencepiece' is read.");
        }

        var labels = head.Texts("labels");
        if (labels.Count != 1)
        {
            root.Problem($"'head.labels' names {labels.Count} labels; only heads with one logit are served for now, so name one.");
        }

        return new ModelManifest(
            root.Text("graph"),
            inputs.Text("ids"),
            inputs.OptionalText("mask"),
            head.Text("output"),
            labels,
            tokenizer.Text("file"),
            tokenizer.Count("vocabulary"),
            TemplateReader.Read(root),
            root.OptionalText("bos"),
            root.OptionalText("eos"),
            root.Texts("control_tokens"),
            root.Count("max_tokens", MostTokens))
        {
            Range = root.OptionalRange("range"),
        };
    }
}
