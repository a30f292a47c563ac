using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Hardening;

/// <summary>One field of an item under inspection, with what one pass over it found out for all rules.</summary>
/// <param name="name">Its name in findings.</param>
/// <param name="text">Its UTF-8 bytes.</param>
/// <param name="scope">The narrowest scope it belongs to.</param>
/// <param name="isParsed">True where control tokens in the text are real ones to the model, so that rules can only observe.</param>
public readonly ref struct HardeningField(string name, ReadOnlySpan<byte> text, HardeningScope scope, bool isParsed = false)
{
    /// <summary>Its name in findings.</summary>
    public string Name { get; } = name;

    /// <summary>Its UTF-8 bytes.</summary>
    public ReadOnlySpan<byte> Text { get; } = text;

    /// <summary><see cref="HardeningScope.Everything"/> for what a user or operator wrote; the others for what a policy or a tool wrote.</summary>
    public HardeningScope Scope { get; } = scope;

    /// <summary>True where control tokens in the text are real ones to the model, so that rules can only observe.</summary>
    public bool IsParsed { get; } = isParsed;

    /// <summary>The text that was answered: the last turn of the prompt, or the templated prompt.</summary>
    public ReadOnlySpan<byte> Prompt { get; init; }

    /// <summary>How many assistant turns the templated text has, where it came without its prompt; else 0.</summary>
    public int AssistantTurns { get; init; }

    /// <summary>The text folded for comparison and what is in it; empty for text that a user or operator wrote.</summary>
    internal FoldedText Folded { get; init; }

    /// <summary>Where in the text the byte of the folded text comes from; for a word that was changed, where the word begins.</summary>
    internal int Original(int folded) => Folded.Facts.IsAscii ? folded : Surroundings.Origins.Of(Text, folded);

    /// <summary>True where the byte of the text is shown rather than said.</summary>
    internal bool IsQuoted(int at) => Surroundings.Quotation.Holds(Text, at);

    /// <summary>True where the prompt speaks of at least one of these.</summary>
    internal bool AsksAbout(ReadOnlySpan<TermClass> matter) => Surroundings.AsksAbout(Prompt, matter);

    /// <summary>What the learned reading says of the text.</summary>
    internal LearnedFindings Learned => Surroundings.Learned(Folded, Prompt);

    private Surroundings Surroundings => Folded.Surroundings ?? new Surroundings();

    /// <summary>A field whose text is folded, in memory that the next one of this thread takes over.</summary>
    internal static HardeningField Of(string name, ReadOnlySpan<byte> text, HardeningScope scope) =>
        new(name, text, scope) { Folded = FoldingMemory.Outer.Fold(text, Lexicon.Terms) };
}
