namespace Gateway.Core.Judging.Verdicts.Probabilities;

/// <summary>Words by which a token is recognised.</summary>
/// <param name="Words">The words, in any language; each must be one token of the model, or it is not found.</param>
/// <param name="Exact">True to take a token only as it is written; false to pass over case, full width and the mark of a leading space.</param>
public sealed record TokenWords(IReadOnlyList<string> Words, bool Exact = false)
{
    /// <summary>Whether the token is one of the words.</summary>
    public bool Are(string token)
    {
        for (var i = 0; i < Words.Count; i++)
        {
            if (Exact ? token == Words[i] : Plain(token).Equals(Plain(Words[i]), StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The token without white space and its tokenizers' marks (▁, Ġ, Ċ) around it, full-width letters and digits made plain.</summary>
    public static string Plain(string token)
    {
        var trimmed = token.AsSpan().Trim(" \t\r\n\u00A0\u2581\u0120\u010A");
        return trimmed.IndexOfAnyInRange('\uFF01', '\uFF5E') < 0
            ? trimmed.ToString()
            : string.Concat(trimmed.ToArray().Select(one => one is >= '\uFF01' and <= '\uFF5E' ? (char)(one - 0xFEE0) : one));
    }
}
