using System.Text.RegularExpressions;

namespace Gateway.Core.Judging.Verdicts.Formats;

/// <summary>Reward Design with Language Models (arXiv 2303.00001): <c>Yes, because …</c> or <c>No, because …</c>.</summary>
internal sealed partial class YesBecauseFormat : IVerdictFormat
{
    /// <inheritdoc/>
    public string Name => "yes-because";

    /// <inheritdoc/>
    public Verdict Read(VerdictSource source) => Begun.Match(source.Text) is { Success: true } begun
        ? new Verdict.Truth(begun.Groups[1].Value == "Yes", begun.Groups[2].Value)
        : throw new UnreadableVerdictException("The whole answer must be \"Yes, because …\" or \"No, because …\".");

    [GeneratedRegex(@"^(Yes|No),? (because\b.*\S)\s*\z", RegexOptions.Singleline)]
    private static partial Regex Begun { get; }
}
