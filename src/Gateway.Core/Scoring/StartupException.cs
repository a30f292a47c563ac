namespace Gateway.Core.Scoring;

/// <summary>Start-up refuses: every problem found, each with its remedy.</summary>
public sealed class StartupException : Exception
{
    /// <summary>Makes the exception from all problems.</summary>
    public StartupException(IReadOnlyList<string> problems)
        : base(string.Join(Environment.NewLine, problems)) => Problems = problems;

    /// <summary>One sentence or two per problem: what is wrong, which value, what to do.</summary>
    public IReadOnlyList<string> Problems { get; }
}
