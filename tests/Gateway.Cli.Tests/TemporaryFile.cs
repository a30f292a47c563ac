namespace Gateway.Cli.Tests;

/// <summary>A file of a test's own, in a folder of its own.</summary>
internal sealed class TemporaryFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-cli-");

    public TemporaryFile(string name, string text)
    {
        Info = new FileInfo(Path.Combine(_folder.FullName, name));
        File.WriteAllText(Info.FullName, text);
    }

    public FileInfo Info { get; }

    public void Dispose() => _folder.Delete(recursive: true);
}
