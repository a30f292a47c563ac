namespace Gateway.Core.Judging.Verdicts.Formats;

/// <summary>Formats whose verdict is a JSON object; the object is found here and each says how to read it.</summary>
internal sealed class JsonFormat(string name, IReadOnlyList<string> keys, Func<VerdictJson, VerdictSource, Verdict> read) : IVerdictFormat
{
    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public Verdict Read(VerdictSource source) => read(VerdictJson.Last(source.Text, keys, source.Judged), source);
}
