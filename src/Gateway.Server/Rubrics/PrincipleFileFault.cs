namespace Gateway.Server.Rubrics;

/// <summary>One thing that keeps a folder of principles from being used.</summary>
/// <param name="File">The file's name; empty for the folder as a whole.</param>
/// <param name="Line">The line, from 1; 0 for the file as a whole.</param>
/// <param name="Key">The key's path; empty for what is wrong with no key.</param>
/// <param name="Message">What is wrong, and what to do.</param>
internal sealed record PrincipleFileFault(string File, int Line, string Key, string Message)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{(File.Length > 0 ? $"Principle file '{File}'" : "Principles")}{(Line > 0 ? $", line {Line}" : "")}{(Key.Length > 0 ? $", {Key}" : "")}: {Message}";
}
