namespace Gateway.Core.Scoring;

/// <summary>A conversation as one text, in parts that keep apart what the template wrote from what people and policies wrote.</summary>
/// <param name="Parts">The text in order.</param>
/// <param name="ResponseAt">
/// The index of the part that opens the judged turn, so that the parts from there are header, response and closing tokens; -1 where no
/// judged turn was found.
/// </param>
public sealed record RenderedText(IReadOnlyList<TextPart> Parts, int ResponseAt)
{
    /// <summary>The whole text, for tests and goldens.</summary>
    public override string ToString() => string.Concat(Parts.Select(part => part.Text.ToString()));
}

/// <summary>A stretch of text of one origin.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsTemplate">True where control tokens in it are real ones; false where they are plain text that somebody wrote.</param>
public readonly record struct TextPart(Utf8Text Text, bool IsTemplate);
