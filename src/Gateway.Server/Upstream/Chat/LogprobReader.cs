using System.Text.Json;
using Gateway.Server.Upstream.Remote;

namespace Gateway.Server.Upstream.Chat;

/// <summary>Reads <c>choices[].logprobs.content[]</c>: what is no log-probability is none, never a number in its place.</summary>
internal static class LogprobReader
{
    // vLLM writes -9999 for what it does not know and for minus infinity.
    private const double Sentinel = -9_999;

    // Half precision and rounding bring a probability this far over 1, and a sum of twenty of them.
    private const double Rounding = 0.01;

    /// <summary>The tokens of a choice; empty where there are none.</summary>
    /// <exception cref="UnreadableReplyException">They have another shape, or are no log-probabilities.</exception>
    public static IReadOnlyList<TokenLogprob> Read(JsonElement choice)
    {
        if (!choice.TryGetProperty("logprobs", out var logprobs) || logprobs.ValueKind == JsonValueKind.Null
            || (logprobs.ValueKind == JsonValueKind.Object && (!logprobs.TryGetProperty("content", out var none) || none.ValueKind == JsonValueKind.Null)))
        {
            return [];
        }

        return [.. logprobs.Property("content", JsonValueKind.Array).EnumerateArray().Select(place => Token(place, Top(place)))];
    }

    private static IReadOnlyList<TokenLogprob> Top(JsonElement place)
    {
        if (place.ValueKind != JsonValueKind.Object || !place.TryGetProperty("top_logprobs", out var top) || top.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        TokenLogprob[] tokens = [.. place.Property("top_logprobs", JsonValueKind.Array).EnumerateArray().Select(one => Token(one, []))];
        return tokens.Sum(token => token.Logprob is { } logprob ? Math.Exp(logprob) : 0) <= 1 + Rounding
            ? tokens
            : throw new UnreadableReplyException("the probabilities of its tokens at one place sum to more than 1");
    }

    private static TokenLogprob Token(JsonElement token, IReadOnlyList<TokenLogprob> top) =>
        new(token.Property("token", JsonValueKind.String).GetString()!, Bytes(token), Logprob(token), top);

    private static double? Logprob(JsonElement token)
    {
        if (!token.TryGetProperty("logprob", out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var logprob))
        {
            throw new UnreadableReplyException("its 'logprob' is no number");
        }

        // vLLM can be started so that it gives logits here.
        return logprob > Rounding
            ? throw new UnreadableReplyException("its log-probabilities are above 0, so they are none; let vLLM run with --logprobs-mode raw_logprobs")
            : logprob > Sentinel ? Math.Min(0, logprob) : null;
    }

    // A bare null would become an empty memory, which is a token without bytes.
    private static ReadOnlyMemory<byte>? Bytes(JsonElement token) => token.Optional("bytes", JsonValueKind.Array) is not { } list
        ? default(ReadOnlyMemory<byte>?)
        : list.EnumerateArray().Select(one => one.ValueKind == JsonValueKind.Number && one.TryGetByte(out var value)
            ? value
            : throw new UnreadableReplyException("its 'bytes' are no bytes")).ToArray();
}
