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
    public Task ScoreAsync(RemoteBatch batch, CancellationToken cancellation) => CaughtAsync(batch, async () =>
    {
        cancellation.ThrowIfCancellationRequested();
        var fitting = await FittingAsync(batch, cancellation);
        if (fitting.Texts.Count > 0 && await SendAsync(fitting, cancellation) is { } fault)
        {
            await FailAsync(fitting, fault, cancellation);
        }

        return null;
    });

    private async Task<EngineFault?> CaughtAsync(RemoteBatch batch, Func<Task<EngineFault?>> run)
    {
        try
        {
            return await run();
        }
        catch (OperationCanceledException)
        {
            FailOpen(batch, TimedOut);
            return null;
        }
        catch (GatewayException fault)
        {
            var failure = new Failure(fault.Kind, fault.Message) { RetryAfter = fault.RetryAfter };
            FailOpen(batch, Failed(failure));
            return new EngineFault(failure, OneText: false, StatusCodes.Status503ServiceUnavailable);
        }
    }

    private async Task<RemoteBatch> FittingAsync(RemoteBatch batch, CancellationToken cancellation)
    {
        var faults = await Task.WhenAll(batch.Texts.Select(text => _lengths.CheckAsync(text.Text, batch.Deadline, cancellation)));
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

    private async Task<EngineFault?> SendAsync(RemoteBatch batch, CancellationToken cancellation)
    {
        RemoteText[] texts = [.. batch.Texts.Select(text => text.Text)];
        var call = protocol.Write(manifest, texts) with
        {
            Prefix = texts.Select(text => text.Prefix).Aggregate((one, other) => one.Shared(other)),
            Deadline = batch.Deadline,
        };
        var started = clock.GetTimestamp();
        var reply = await pool.SendAsync(call, cancellation);
        var waited = clock.GetElapsedTime(started) - reply.UpstreamTime;
        var (scores, fault) = Read(reply, texts);
        if (fault is not null)
        {
            return fault;
        }

        var timings = new ScoreTimings(waited > TimeSpan.Zero ? waited : TimeSpan.Zero, batch.Encoding, TimeSpan.Zero, reply.UpstreamTime / texts.Length);
        for (var i = 0; i < texts.Length; i++)
        {
            batch.Results[batch.Texts[i].Place] = Result(_guard.Check(scores[i], reply.Destination), timings);
        }

        return null;
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
            return ([], new EngineFault(failure, unreadable.OneText, reply.Status));
        }
        catch (Exception e) when (EngineJson.IsOfTheReply(e))
        {
            return ([], new EngineFault(
                new Failure(ErrorKind.UpstreamFailed, $"the reply of {reply.Destination} of cluster '{manifest.Cluster}' cannot be used: it is not what this engine's wire says."), OneText: false, reply.Status));
        }
    }

    private async Task FailAsync(RemoteBatch batch, EngineFault fault, CancellationToken cancellation)
    {
        if (batch.Texts.Count == 1)
        {
            FailOpen(batch, Failed(fault.Failure));
        }
        else if (!fault.OneText || !MayResend(batch, fault) || !batch.Resends.TryTake(batch.Texts.Count))
        {
            FailOpen(batch, OfAll(batch, fault));
        }
        else
        {
            await ResendAsync(batch, fault, cancellation);
        }
    }

    // A refusal cost the engine nothing; what it ran, it runs again only as often as the cluster's retries may.
    private async Task ResendAsync(RemoteBatch batch, EngineFault fault, CancellationToken cancellation)
    {
        RemoteBatch[] singles = [.. batch.Texts.Select(text => batch with { Texts = [text] })];
        if (!fault.WasRun)
        {
            await Task.WhenAll(singles.Select(single => AloneAsync(single, cancellation)));
            return;
        }

        // Two that fail alike have no text in common: the engine is at fault, and the others would only add to its load.
        var first = await AloneAsync(singles[0], cancellation);
        var second = MayResend(batch, fault) ? await AloneAsync(singles[1], cancellation) : null;
        if (first is { IsServerError: true } && second?.Status == first.Status)
        {
            batch.Resends.Stop();
        }

        var others = singles[1..].Where(single => single.Results[single.Texts[0].Place] is null)
            .Select(single => MayResend(batch, fault) ? AloneAsync(single, cancellation) : null);
        await Task.WhenAll(others.OfType<Task>());
        FailOpen(batch, OfAll(batch, fault));
    }

    private Task<EngineFault?> AloneAsync(RemoteBatch single, CancellationToken cancellation) => CaughtAsync(single, async () =>
    {
        var fault = await SendAsync(single, cancellation);
        if (fault is not null)
        {
            FailOpen(single, Failed(fault.Failure));
        }

        return fault;
    });

    // Takes from the cluster's retry budget where the engine ran the text already.
    private bool MayResend(RemoteBatch batch, EngineFault fault) => fault.WasRefused
        || (pool.Find(manifest.Cluster) is { Options.Billed: false } cluster
            && (!fault.WasRun || (!batch.Resends.EngineFails && cluster.MayTryAgain(FailureKind.Refused, fault.Status, sent: true, retries: 0))));

    // What one text caused is no verdict on its siblings.
    private ScoreResult OfAll(RemoteBatch batch, EngineFault fault) =>
        fault.OneText && fault.Failure.Kind is ErrorKind.InputTooLong or ErrorKind.Rejected or ErrorKind.InvalidScore
            ? Failed(new Failure(
                ErrorKind.UpstreamFailed, $"{fault.Failure.Message} One of the {batch.Texts.Count} texts of this call is the cause; send fewer at a time."))
            : Failed(fault.Failure);

    private ScoreResult Result(EngineScore score, ScoreTimings timings) => score.Failure is { } failure
        ? Failed(failure.Kind, failure.Message + ".")
        : manifest.MaxTokens is { } most && score.Tokens > most && protocol.Traits.CutsSilently
            ? Failed(ErrorKind.InputTooLong, $"the engine read {score.Tokens} tokens; at most {most}, so shorten the text.")
            : new Score(score.Value, score.Tokens, Truncated: false, timings, score.Steps, IsProvisional: score.Unproven);

    private ScoreResult Failed(Failure failure) => failure with { Message = $"{name}: {failure.Message}" };

    private ScoreResult Failed(ErrorKind kind, string message) => ScoreResult.Failed(kind, $"{name}: {message}");

    private static void FailOpen(RemoteBatch batch, ScoreResult failed)
    {
        foreach (var text in batch.Texts)
        {
            batch.Results[text.Place] ??= failed;
        }
    }
}
