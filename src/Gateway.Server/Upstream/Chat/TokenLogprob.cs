namespace Gateway.Server.Upstream.Chat;

/// <summary>One token that a reply has, or could have had, at a place, and how likely it was.</summary>
/// <param name="Token">The token's text; of half a character the engine's stand-in.</param>
/// <param name="Bytes">The token's exact bytes; null where the engine does not give them.</param>
/// <param name="Logprob">Natural logarithm of its probability, at most 0; null where the engine gave none or only its sentinel (-9999).</param>
/// <param name="Top">The likeliest tokens at this place, as the engine orders them; empty where none were given.</param>
internal sealed record TokenLogprob(string Token, ReadOnlyMemory<byte>? Bytes, double? Logprob, IReadOnlyList<TokenLogprob> Top);
