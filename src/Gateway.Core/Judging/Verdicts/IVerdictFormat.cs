namespace Gateway.Core.Judging.Verdicts;

/// <summary>The format in which a trained judge, or a benchmark's prompt, states its verdict.</summary>
public interface IVerdictFormat
{
    /// <summary>Its name in configuration.</summary>
    string Name { get; }

    /// <summary>The verdict that the text states.</summary>
    /// <exception cref="UnreadableVerdictException">It states none, or more than one.</exception>
    Verdict Read(VerdictSource source);
}
