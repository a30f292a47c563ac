using System.Runtime.CompilerServices;
using Gateway.Core.Scoring;
using Gateway.Server.Upstream.Chat;
using Gateway.Server.Upstream.Remote;
using Microsoft.Extensions.AI;

namespace Gateway.Server.Upstream;

/// <summary>
/// A chat model of a cluster, over the pool: one <c>POST /v1/chat/completions</c> per call, tried again by the pool alone. What a reply says
/// beside its text is in its <see cref="ChatFacts"/>; what a call asks for beside <see cref="ChatOptions"/> in a <see cref="ChatAsk"/>.
/// </summary>
internal sealed class OpenAiChat : IChatClient
{
    private readonly UpstreamPool _pool;
    private readonly ChatSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ChatLength _length;

    /// <summary>A client of the cluster that the settings name.</summary>
    /// <exception cref="StartupException">The settings do not fit.</exception>
    public OpenAiChat(UpstreamPool pool, ChatSettings settings, TimeProvider clock)
    {
        if (settings.Problems() is { Count: > 0 } problems)
        {
            throw new StartupException(problems);
        }

        (_pool, _settings, _clock, _length) = (pool, settings, clock, new ChatLength(settings, pool));
    }

    /// <inheritdoc/>
    /// <exception cref="GatewayException">There is no reply, or none that can be read; the kind says why. Whether a verdict can be in it is for <see cref="ChatFacts.Failure"/>.</exception>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var turns = ChatTurns.Of(messages, options);
        var started = _clock.GetTimestamp();
        var counted = await _length.CheckAsync(turns, options?.MaxOutputTokens ?? 0, ChatAsk.Of(options).Deadline, cancellationToken);
        var reply = await _pool.SendAsync(ChatWriter.Write(_settings, turns, options), cancellationToken);
        var response = Read(reply, turns);
        var waited = _clock.GetElapsedTime(started) - reply.UpstreamTime;
        return (ChatFacts.Of(response) with
        {
            PromptCut = _length.WasCut(counted, response.Usage?.InputTokenCount, response.Usage?.OutputTokenCount),
            Destination = $"{reply.Destination} of cluster '{_settings.Cluster}'",
            Waited = waited > TimeSpan.Zero ? waited : TimeSpan.Zero,
            UpstreamTime = reply.UpstreamTime,
        }).In(response);
    }

    /// <inheritdoc/>
    /// <remarks>The whole reply at once: a judge's verdict is read when it is complete.</remarks>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates())
        {
            yield return update;
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata(_settings.Cluster, defaultModelId: _settings.Model)
        : serviceType.IsInstanceOfType(this) ? this : null;

    /// <summary>Holds nothing: connections are the pool's.</summary>
    public void Dispose()
    {
    }

    private ChatResponse Read(UpstreamReply reply, IReadOnlyList<RemoteTurn> turns)
    {
        if (!reply.IsSuccess)
        {
            throw ChatFault.Of(reply, _settings, turns);
        }

        try
        {
            var root = ChatReader.Parse(reply.Body);
            return EngineJson.IsError(root) ? throw ChatFault.OfBody(reply, root, _settings, turns) : ChatReader.Read(root);
        }
        catch (UnreadableReplyException unreadable)
        {
            throw Unreadable(reply, unreadable.Message);
        }
        catch (Exception e) when (EngineJson.IsOfTheReply(e))
        {
            throw Unreadable(reply, "it is not what this engine's wire says");
        }
    }

    private GatewayException Unreadable(UpstreamReply reply, string why) => new(
        ErrorKind.UpstreamFailed, $"The reply of {reply.Destination} of cluster '{_settings.Cluster}' cannot be used: {why}.");
}
