using System.Net;

namespace Gateway.Server.Upstream;

/// <summary>A request body that remembers whether a byte of it was asked for.</summary>
internal sealed class UpstreamContent : HttpContent
{
    private readonly ReadOnlyMemory<byte> _body;

    /// <summary>A body of these bytes.</summary>
    public UpstreamContent(ReadOnlyMemory<byte> body, string contentType)
    {
        _body = body;
        Headers.TryAddWithoutValidation("Content-Type", contentType);
    }

    /// <summary>True once sending began: what fails from then on may have reached the destination.</summary>
    public bool Started { get; private set; }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Started = true;
        return stream.WriteAsync(_body, cancellationToken).AsTask();
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
