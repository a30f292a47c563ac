using System.IO.Compression;
using System.Runtime.CompilerServices;

namespace Gateway.Onnx.Tests;

/// <summary>Where committed fixtures and models lie, and how they are read.</summary>
internal static class Fixture
{
    /// <summary>The fixtures' folder.</summary>
    public static string Folder => Path.Combine(Source(), "Fixtures");

    /// <summary>The repository's folder.</summary>
    public static string Repository => Path.GetFullPath(Path.Combine(Source(), "..", ".."));

    /// <summary>The lines of a gzipped file; only a line feed ends a line.</summary>
    public static string[] GzLines(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        return reader.ReadToEnd()[..^1].Split('\n');
    }

    private static string Source([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
