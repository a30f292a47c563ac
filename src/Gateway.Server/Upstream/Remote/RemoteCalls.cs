using Gateway.Core.Scoring;

namespace Gateway.Server.Upstream.Remote;

/// <summary>
/// Sends one batch and fills in its results: lengths first, then the call, then, where the engine refused all for what may be one text's fault,
/// every text by itself. Nothing is thrown; retries are the pool's.
/// </summary>
internal sealed class RemoteCalls(IUpstreamProtocol protocol, RemoteManifest manifest, string name, UpstreamPool pool, TimeProvider clock)
{
    private readonly LengthCheck _lengths = new(protocol, manifest, name, pool);
    private readonly ScoreGuard _guard = new(manifest.UnitInterval);

    /// <summary>What a text gets whose turn did not come.</summary>
    public static ScoreResult TimedOut { get; } = ScoreResult.Failed(ErrorKind.TimedOut, "The deadline passed before this item's turn.");

    /// <summary>Scores a batch.</summary>
    public async Task ScoreAsync(RemoteBatch batch, CancellationToken cancellation)
    {
        try
        {
            cancellation.ThrowIfCancellationRequested();
            var fitting = await FittingAsync(batch, cancellation);
            if (fitting.Texts.Count > 0)
            {
                await SendAsync(fitting, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            FailOpen(batch, TimedOut);
        }
        catch (GatewayException fault)
        {
            FailOpen(batch, Failed(fault.Kind, fault.Message));
        }
    }

    private async Task<RemoteBatch> FittingAsync(RemoteBatch batch, CancellationToken cancellation)
    {
        var faults = await Task.WhenAll(batch.Texts.Select(text => _lengths.CheckAsync(text.Text, cancellation)));
        var fitting = new List<PlacedText>(batch.Texts.Count);
        for (var i = 0; i < faults.Length; i++)
        {
            if (faults[i] is { } fault)
            {
                batch.Results[batch.Texts[i].Place] = fault;
            }
            else
            {
                fitting.Add(batch.Texts[i]);
            }
        }

        return fitting.Count == batch.Texts.Count ? batch : batch with { Texts = fitting };
    }

    private async Task SendAsync(RemoteBatch batch, CancellationToken cancellation)
    {
        RemoteText[] texts = [.. batch.Texts.Select(text => text.Text)];
        var call = protocol.Write(manifest, texts) with { Prefix = texts.Select(text => text.Prefix).Aggregate((one, other) => one.Shared(other)) };
        var started = clock.GetTimestamp();
        var reply = await pool.SendAsync(call, cancellation);
        var waited = clock.GetElapsedTime(started) - reply.UpstreamTime;
        var (scores, fault) = Read(reply, texts);
        if (fault is not null)
        {
            await FailAsync(batch, fault, cancellation);
            return;
        }

        var timings = new ScoreTimings(waited > TimeSpan.Zero ? waited : TimeSpan.Zero, batch.Encoding, TimeSpan.Zero, reply.UpstreamTime / texts.Length);
        for (var i = 0; i < texts.Length; i++)
        {
            batch.Results[batch.Texts[i].Place] = Result(_guard.Check(scores[i], reply.Destination), timings);
        }
    }

    private (EngineScore[] Scores, EngineFault? Fault) Read(UpstreamReply reply, RemoteText[] texts)
    {
        if (!reply.IsSuccess)
        {
            return ([], EngineFault.Of(reply, manifest.Cluster, texts));
        }

        try
        {
            return (protocol.Read(manifest, reply, texts), null);
        }
        catch (UnreadableReplyException unreadable)
        {
            var failure = new Failure(
                ErrorKind.UpstreamFailed, $"the reply of {reply.Destination} of cluster '{manifest.Cluster}' cannot be used: {unreadable.Message}.");
            return ([], new EngineFault(failure, unreadable.OneText));
        }
        catch (InvalidOperationException)
        {
            // The parser takes half of a surrogate pair, as "\ud800", and refuses only when the string is looked at.
            return ([], new EngineFault(
                new Failure(ErrorKind.UpstreamFailed, $"the reply of {reply.Destination} of cluster '{manifest.Cluster}' cannot be used: it holds a string that is no text."), false));
        }
    }

    private async Task FailAsync(RemoteBatch batch, EngineFault fault, CancellationToken cancellation)
    {
        if (batch.Texts.Count > 1 && fault.OneText && batch.Resends.TryTake(batch.Texts.Count))
        {
            await Task.WhenAll(batch.Texts.Select(text => ScoreAsync(batch with { Texts = [text] }, cancellation)));
            return;
        }

        var (kind, message) = fault.Failure;
        FailOpen(batch, batch.Texts.Count > 1 && fault.OneText && kind == ErrorKind.InputTooLong
            ? Failed(ErrorKind.UpstreamFailed, $"{message} One of the {batch.Texts.Count} texts of this call is; send fewer at a time.")
            : Failed(kind, message));
    }

    private ScoreResult Result(EngineScore score, ScoreTimings timings) => score.Failure is { } failure
        ? Failed(failure.Kind, failure.Message + ".")
        : manifest.MaxTokens is { } most && score.Tokens > most && protocol.Traits.CutsSilently
            ? Failed(ErrorKind.InputTooLong, $"the engine read {score.Tokens} tokens; at most {most}, so shorten the text.")
            : new Score(score.Value, score.Tokens, truncated: false, timings) { Steps = score.Steps };

    private ScoreResult Failed(ErrorKind kind, string message) => ScoreResult.Failed(kind, $"{name}: {message}");

    private static void FailOpen(RemoteBatch batch, ScoreResult failed)
    {
        foreach (var text in batch.Texts)
        {
            batch.Results[text.Place] ??= failed;
        }
    }
}
