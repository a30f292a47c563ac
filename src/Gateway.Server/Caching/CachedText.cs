namespace Gateway.Server.Caching;

/// <summary>A generated text, the same for every replica that shares a Redis.</summary>
/// <param name="Text">The text; well-formed Unicode.</param>
/// <param name="Digest">SHA-256 of the text's UTF-8, in hexadecimal: what every score that was judged by it says.</param>
/// <param name="FromCache">False for the one call whose generation gave the text.</param>
internal sealed record CachedText(string Text, string Digest, bool FromCache)
{
    /// <summary>A text that is kept nowhere.</summary>
    public static CachedText Unkept(string text)
    {
        var plain = KeptText.Of(text);
        return new CachedText(plain.Text, plain.Digest, FromCache: false);
    }
}
