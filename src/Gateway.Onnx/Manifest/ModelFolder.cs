using Gateway.Core.Manifest;
using Gateway.Onnx.Tokens;

namespace Gateway.Onnx.Manifest;

/// <summary>A model's folder, read and checked as far as that goes without running the graph.</summary>
internal sealed class ModelFolder
{
    private ModelFolder(ModelManifest manifest, PieceTable? pieces, bool graphIsWhole, IReadOnlyList<string> dataFiles)
    {
        Manifest = manifest;
        Pieces = pieces;
        GraphIsWhole = graphIsWhole;
        DataFiles = dataFiles;
    }

    /// <summary>Its manifest.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>Its vocabulary; null where that cannot be read.</summary>
    public PieceTable? Pieces { get; }

    /// <summary>Whether the manifest is right and the graph and its external data are there, so that loading it is worth a try.</summary>
    public bool GraphIsWhole { get; }

    /// <summary>The graph, its external data and the tokenizer, in this order, by path.</summary>
    public IReadOnlyList<string> DataFiles { get; }

    /// <summary>The graph's path.</summary>
    public string GraphPath => DataFiles[0];

    /// <summary>The folder's content, or null where there is no manifest to go by; what is wrong is added to <paramref name="problems"/>.</summary>
    public static ModelFolder? Read(string path, List<string> problems)
    {
        var atStart = problems.Count;
        if (ReadFile(path, ManifestText.FileName, problems) is not { } json || ManifestReader.Read(json, problems) is not { } manifest)
        {
            return null;
        }

        var manifestIsRight = problems.Count == atStart;
        var before = problems.Count;
        var external = ReadFile(path, manifest.Graph, problems) is { } graph ? ExternalFiles(path, manifest.Graph, graph, problems) : [];
        var graphIsWhole = manifestIsRight && problems.Count == before;
        var pieces = ReadFile(path, manifest.TokenizerFile, problems) is { } tokenizer ? ReadTokenizer(manifest, tokenizer, problems) : null;
        string[] files = [manifest.Graph, .. external, manifest.TokenizerFile];
        return new ModelFolder(manifest, pieces, graphIsWhole, [.. files.Select(file => Path.Combine(path, file))]);
    }

    private static byte[]? ReadFile(string folder, string name, List<string> problems)
    {
        if (name.Length == 0)
        {
            // The manifest does not name it, which is a problem already.
            return null;
        }

        try
        {
            return File.ReadAllBytes(Path.Combine(folder, name));
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            problems.Add($"the file '{name}' is missing; put it into the model's folder, or correct its name in {ManifestText.FileName}.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            problems.Add($"the file '{name}' cannot be read ({fault.Message}); correct its size or permissions.");
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            var visible = name.Replace("\0", "\\0", StringComparison.Ordinal);
            problems.Add($"'{visible}' cannot be a file's name ({fault.Message}); correct it in {ManifestText.FileName}.");
        }

        return null;
    }

    private static IReadOnlyList<string> ExternalFiles(string folder, string graphName, byte[] graph, List<string> problems)
    {
        try
        {
            var files = ExternalData.LocationsIn(graph);
            foreach (var file in files.Where(file => !File.Exists(Path.Combine(folder, file))))
            {
                problems.Add($"the external data '{file}' of '{graphName}' is missing; copy it beside the graph.");
            }

            return files;
        }
        catch (InvalidDataException fault)
        {
            problems.Add($"'{graphName}' is no whole ONNX file: {fault.Message} Copy or export it again.");
            return [];
        }
    }

    private static PieceTable? ReadTokenizer(ModelManifest manifest, byte[] file, List<string> problems)
    {
        try
        {
            var model = SentencePieceModel.Read(file);
            var pieces = new PieceTable(model);
            _ = new TextNormalizer(model);
            CheckTokens(manifest, model, problems);
            return pieces;
        }
        catch (InvalidDataException fault)
        {
            problems.Add($"the tokenizer '{manifest.TokenizerFile}' cannot be used: {fault.Message} Put the SentencePiece model there that the graph was trained with.");
            return null;
        }
    }

    private static void CheckTokens(ModelManifest manifest, SentencePieceModel model, List<string> problems)
    {
        if (manifest.Vocabulary > 0 && model.Pieces.Count != manifest.Vocabulary)
        {
            problems.Add(
                $"'tokenizer.vocabulary' is {manifest.Vocabulary} but '{manifest.TokenizerFile}' has {model.Pieces.Count} pieces; take the right file, or correct the number.");
        }

        var known = model.Pieces.Where(piece => piece.Kind is PieceKind.Control or PieceKind.UserDefined).Select(piece => piece.ToString()).ToList();
        var all = model.Pieces.Select(piece => piece.ToString()).ToHashSet(StringComparer.Ordinal);
        foreach (var (key, token) in ((string, string?)[])[("bos", manifest.Bos), ("eos", manifest.Eos), .. manifest.ControlTokens.Select(token => ("control_tokens", (string?)token))])
        {
            if (token is not null && !all.Contains(token))
            {
                problems.Add($"'{key}' is '{token}', which is not in the vocabulary of '{manifest.TokenizerFile}'; {Nearest.Hint(token, known)}");
            }
        }
    }
}
