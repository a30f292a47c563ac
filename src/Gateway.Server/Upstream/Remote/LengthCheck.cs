using Gateway.Core.Scoring;

namespace Gateway.Server.Upstream.Remote;

/// <summary>
/// Refuses text that is too long before it leaves. A text has at most one token per byte, so most need no count; the others are counted by the
/// engine's own tokenizer: always where the engine would cut them without a word, else only where they are likely too long.
/// </summary>
internal sealed class LengthCheck(IUpstreamProtocol protocol, RemoteManifest manifest, string name, UpstreamPool pool)
{
    // Ordinary text has three to five bytes per token, so that shorter text most likely fits; an engine that refuses the rest by itself may do so.
    private const int BytesPerToken = 3;

    /// <summary>Why a text is not sent; null where it may be.</summary>
    /// <param name="text">The text.</param>
    /// <param name="deadline">Until when its score is waited for, where that is known.</param>
    /// <param name="cancellation">Nobody waits any more.</param>
    /// <exception cref="GatewayException">No destination answered.</exception>
    public async Task<Failure?> CheckAsync(RemoteText text, Deadline? deadline, CancellationToken cancellation)
    {
        if (text.Bytes > manifest.MaxBytes)
        {
            return TooLong($"{text.Bytes} bytes", $"{manifest.MaxBytes} bytes");
        }

        if (manifest.MaxTokens is not { } most || text.Bytes <= (long)most * (protocol.Traits.CutsSilently ? 1 : BytesPerToken)
            || protocol.WriteCount(manifest, text) is not { } call)
        {
            return null;
        }

        var reply = await pool.SendAsync(call with { Prefix = text.Prefix, Deadline = deadline }, cancellation);
        var (tokens, problem) = Count(reply);
        return problem is null
            ? tokens > most ? TooLong($"{tokens} tokens", $"{most}") : null
            : protocol.Traits.CutsSilently
                ? new Failure(
                    ErrorKind.UpstreamFailed,
                    $"{name}: this engine may cut long text without a word and could not count this one: {problem}. Send at most {most} bytes, or update the engine.")
                : null;
    }

    private (int Tokens, string? Problem) Count(UpstreamReply reply)
    {
        if (!reply.IsSuccess)
        {
            return (0, $"{reply.Destination} answered {reply.Status} to {protocol.Traits.Engine}'s tokenizer route");
        }

        try
        {
            return (protocol.ReadCount(EngineJson.Parse(reply.Body)), null);
        }
        catch (UnreadableReplyException unreadable)
        {
            return (0, $"in the reply of {reply.Destination}, {unreadable.Message}");
        }
        catch (Exception e) when (EngineJson.IsOfTheReply(e))
        {
            return (0, $"the reply of {reply.Destination} is no count");
        }
    }

    private Failure TooLong(string length, string limit) =>
        new(ErrorKind.InputTooLong, $"{length}; {name} reads at most {limit}, and text for another server is never cut here; shorten it.");
}
