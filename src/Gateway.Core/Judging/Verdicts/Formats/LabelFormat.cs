namespace Gateway.Core.Judging.Verdicts.Formats;

/// <summary>Formats whose verdict stands behind a mark on its line; each gives the values that count.</summary>
internal sealed class LabelFormat(string name, string mark, Func<string, string?, Verdict?> read) : IVerdictFormat
{
    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public Verdict Read(VerdictSource source) => read(Labels.Only(source, mark), Labels.Before(source.Text, mark))
        ?? throw new UnreadableVerdictException($"What stands behind \"{mark.Trim()}\" is none of the values asked for.");
}
