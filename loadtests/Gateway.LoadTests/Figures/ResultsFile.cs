namespace Gateway.LoadTests.Figures;

/// <summary>A file of results: tables written anew, and what people wrote under <see cref="NotesHeading"/>, kept.</summary>
internal static class ResultsFile
{
    /// <summary>From this heading on the file belongs to people.</summary>
    public const string NotesHeading = "## Notes";

    /// <summary>Writes the tables.</summary>
    public static async Task WriteAsync(string path, string tables, CancellationToken cancellation)
    {
        var old = File.Exists(path) ? await File.ReadAllTextAsync(path, cancellation) : "";
        var notes = old.IndexOf(NotesHeading, StringComparison.Ordinal);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        await File.WriteAllTextAsync(path, tables + (notes < 0 ? "" : "\n" + old[notes..]), cancellation);
    }
}
