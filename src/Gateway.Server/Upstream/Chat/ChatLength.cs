using System.Text.Json;
using Gateway.Core.Scoring;
using Gateway.Server.Upstream.Remote;

namespace Gateway.Server.Upstream.Chat;

/// <summary>
/// Keeps text from an engine that would cut it without a word: a text has at most one token per byte, so most need no count; the others are
/// counted by the engine's own tokenizer, before the call, and compared with what it says it read, after it.
/// </summary>
internal sealed class ChatLength(ChatSettings settings, UpstreamPool pool)
{
    // What a chat template adds, in tokens: a default system prompt, and marks around each turn.
    private const int PerCall = 64;
    private const int PerTurn = 16;

    // Texts that are joined may have this many tokens more than apart.
    private const int Joins = 8;

    /// <summary>The tokens of the turns' text; null where they surely fit, or the engine itself refuses what does not.</summary>
    /// <exception cref="GatewayException">They do not fit: <see cref="ErrorKind.InputTooLong"/>; or they could not be counted.</exception>
    public async Task<int?> CheckAsync(IReadOnlyList<RemoteTurn> turns, int reply, Deadline? deadline, CancellationToken cancellation)
    {
        if (!settings.CutsSilently || settings.ContextTokens is not { } context)
        {
            return null;
        }

        var around = PerCall + (long)(PerTurn * turns.Count) + reply;
        if (turns.Sum(turn => (long)turn.Content.Length) + around <= context)
        {
            return null;
        }

        var counted = await pool.SendAsync(ChatWriter.WriteCount(settings, turns) with { Deadline = deadline }, cancellation);
        var tokens = Count(counted);
        return tokens + around <= context
            ? tokens
            : throw new GatewayException(
                ErrorKind.InputTooLong,
                $"The prompt has about {tokens + around - reply} tokens and the reply may have {reply}; the judge's context holds {context}, so shorten the text or allow a shorter reply.");
    }

    /// <summary>Whether the engine read less than it was sent, or forgot a part of it.</summary>
    /// <param name="counted">The tokens of the text, where they were counted.</param>
    /// <param name="prompt">Tokens of the prompt, by the engine's reply.</param>
    /// <param name="completion">Tokens of the reply, by itself.</param>
    public bool WasCut(int? counted, long? prompt, long? completion) =>
        counted - Joins > prompt
        || (settings.ContextTokens is { } context && (prompt >= context || (settings.CutsSilently && prompt + completion >= context)));

    private int Count(UpstreamReply reply)
    {
        try
        {
            if (reply.IsSuccess)
            {
                return EngineJson.Parse(reply.Body).Property("tokens", JsonValueKind.Array).GetArrayLength();
            }
        }
        catch (UnreadableReplyException)
        {
            // The same as no count.
        }

        throw new GatewayException(
            ErrorKind.UpstreamFailed,
            $"{reply.Destination} of cluster '{settings.Cluster}' may cut long text without a word and did not count this one (status {reply.Status} of /tokenize); shorten the text, or update the engine.");
    }
}
