using System.Net;

namespace Gateway.Server.Proxy;

/// <summary>A request's body on its way to a destination: what is held, then the rest as it comes in.</summary>
internal sealed class ReplayContent(HeldBody held, HttpRequest request) : HttpContent
{
    private readonly long? _length = held.Whole ? held.Memory.Length : held.LengthWhenSent;

    /// <summary>True once sending began: what fails from then on may have reached the destination.</summary>
    public bool Started { get; private set; }

    /// <summary>Why the client's body could not be read, where that is what went wrong.</summary>
    public Exception? ClientFault { get; private set; }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Started = true;
        return held.Whole ? stream.WriteAsync(held.Memory, cancellationToken).AsTask() : StreamAsync(stream, cancellationToken);
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = _length ?? 0;
        return _length is not null;
    }

    private async Task StreamAsync(Stream stream, CancellationToken cancellation)
    {
        await stream.WriteAsync(held.Memory, cancellation);
        // It cannot be sent again, since what follows can be read only once.
        held.Dispose();
        await stream.FlushAsync(cancellation);
        var body = request.BodyReader;
        while (true)
        {
            var read = await ReadAsync(body, cancellation);
            foreach (var segment in read.Buffer)
            {
                await stream.WriteAsync(segment, cancellation);
            }

            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }

            await stream.FlushAsync(cancellation);
        }
    }

    private async ValueTask<System.IO.Pipelines.ReadResult> ReadAsync(System.IO.Pipelines.PipeReader body, CancellationToken cancellation)
    {
        try
        {
            return await body.ReadAsync(cancellation);
        }
        catch (Exception e) when (e is IOException or Microsoft.AspNetCore.Connections.ConnectionAbortedException)
        {
            ClientFault = e;
            throw;
        }
    }
}
