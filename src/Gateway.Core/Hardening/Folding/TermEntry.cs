namespace Gateway.Core.Hardening.Folding;

/// <summary>A term, and the bytes that tell it from others of the same beginning.</summary>
/// <param name="Key">Its first four bytes.</param>
/// <param name="More">The bytes after those, or the first of its next word; zeros where there are fewer than four.</param>
/// <param name="Mask">Which of those bytes there are.</param>
/// <param name="InNextWord">True where they are the next word's.</param>
/// <param name="Term">The term.</param>
internal readonly record struct TermEntry(uint Key, uint More, uint Mask, bool InNextWord, Term Term)
{
    /// <summary>The mask of so many bytes, at most four.</summary>
    public static uint MaskOf(int bytes) => bytes >= sizeof(uint) ? uint.MaxValue : (1u << (8 * bytes)) - 1;
}
