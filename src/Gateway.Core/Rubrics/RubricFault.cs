namespace Gateway.Core.Rubrics;

/// <summary>One thing that keeps a principle or rubric from being read.</summary>
/// <param name="Path">The value's path, such as <c>$.criteria[2].weight</c>; empty for a file as a whole.</param>
/// <param name="Line">The line of the file, from 1; 0 for what comes from no file, and for a file as a whole.</param>
/// <param name="Message">What is wrong, and what to do.</param>
public sealed record RubricFault(string Path, int Line, string Message)
{
    /// <summary>Where and what, without a word of the text itself: for the judge that wrote it, since its words may be those of a hostile prompt.</summary>
    public string Plain { get; init; } = $"{Path}: {Message}";
}
