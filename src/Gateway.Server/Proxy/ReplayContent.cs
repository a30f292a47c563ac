using System.Net;

namespace Gateway.Server.Proxy;

/// <summary>A request's body on its way to a destination: what is held, then the rest as it comes in.</summary>
internal sealed class ReplayContent(HeldBody held, HttpRequest request) : HttpContent
{
    private readonly bool _whole = held.Whole;
    private readonly long? _length = held.Whole ? held.Memory.Length : held.LengthWhenSent;
    private int _sendings;
    private volatile bool _waitsForClient;

    /// <summary>True once sending began: what fails from then on may have reached the destination.</summary>
    public bool Started { get; private set; }

    /// <summary>Why the client's body could not be read, where that is what went wrong.</summary>
    public Exception? ClientFault { get; private set; }

    /// <summary>True while the next part of the body is the client's to send.</summary>
    public bool WaitsForClient => _waitsForClient;

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Started = true;
        if ((Interlocked.Increment(ref _sendings) > 1 && !_whole) || !held.TryHold())
        {
            // Part of it would be missing, and the destination would take that for the whole.
            throw new IOException("The body cannot be sent again, since it is not held any more.");
        }

        try
        {
            await stream.WriteAsync(held.Memory, cancellationToken);
        }
        finally
        {
            held.Release();
        }

        if (!_whole)
        {
            // What follows can be read only once.
            held.Dispose();
            await StreamAsync(stream, cancellationToken);
        }
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = _length ?? 0;
        return _length is not null;
    }

    private async Task StreamAsync(Stream stream, CancellationToken cancellation)
    {
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
            // Stays true where the wait is given up: it was the client that was slow.
            _waitsForClient = true;
            var read = await body.ReadAsync(cancellation);
            _waitsForClient = false;
            return read;
        }
        catch (Exception e) when (e is IOException or Microsoft.AspNetCore.Connections.ConnectionAbortedException)
        {
            ClientFault = e;
            throw;
        }
    }
}
