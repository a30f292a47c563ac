namespace Gateway.Server.Tests.Rubrics;

/// <summary>A folder of principles that a test writes.</summary>
internal sealed class PrinciplesFolder : IDisposable
{
    /// <summary>Its full path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("gateway-principles-").FullName;

    /// <summary>The full path of a file in it.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a principle of that name; other texts have other digests.</summary>
    public void Write(string id, string text = "Be brief.", int version = 1) => System.IO.File.WriteAllText(File(id + ".md"), Of(id, text, version));

    /// <summary>Writes a file as it is.</summary>
    public void WriteFile(string name, string content) => System.IO.File.WriteAllText(File(name), content);

    /// <summary>A principle's file.</summary>
    public static string Of(string id, string text = "Be brief.", int version = 1) => $"---\nid: {id}\nversion: {version}\ntitle: About {id}\n---\n{text}\n";

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
