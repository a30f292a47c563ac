using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Gateway.Server.Upstream;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.Server.Wire;

/// <summary>
/// A client's connection, on which replies are sent by the thread that wrote them, without a hand-over. What the client sends is taken up by the
/// pool's threads, except where <see cref="StaysOn"/> says that the next request may begin on the thread that waits for the sockets.
/// </summary>
internal sealed class ClientTransport : IDuplexPipe
{
    // What is looked at of longer bodies takes too long for a thread that all connections wait for.
    private const int ShortBody = 64 * 1024;

    private ClientTransport(IDuplexPipe transport) => (Input, Output) = (new Reader(this, transport.Input), new Writer(transport.Output));

    /// <inheritdoc/>
    public PipeReader Input { get; }

    /// <inheritdoc/>
    public PipeWriter Output { get; }

    /// <summary>True where what comes next on the connection is taken up by the sockets' threads.</summary>
    public bool StaysOn { get; set; }

    /// <summary>Makes every connection of an endpoint one of these.</summary>
    public static void On(ListenOptions endpoint) => endpoint.Use(next => connection =>
    {
        var transport = new ClientTransport(connection.Transport);
        connection.Transport = transport;
        connection.Features.Set(transport);
        return next(connection);
    });

    /// <summary>Middleware that passes a request on with a thread of the pool, unless its endpoint <see cref="StartsShort"/> and so is its body.</summary>
    public static RequestDelegate LeaveUnlessShort(RequestDelegate next) => http =>
        http.Features.Get<ClientTransport>() is not { StaysOn: true } transport
        || (http.GetEndpoint()?.Metadata.GetMetadata<StartsShort>() is not null && http.Request.ContentLength <= ShortBody)
            ? next(http)
            : LeaveAsync(transport, http, next);

    /// <summary>Goes on with a thread of the pool, as does whatever else comes of the request.</summary>
    public static ConfiguredTaskAwaitable LeaveAsync(HttpContext http)
    {
        if (http.Features.Get<ClientTransport>() is { } transport)
        {
            transport.StaysOn = false;
        }

        return SocketThreads.LeaveAsync();
    }

    private static async Task LeaveAsync(ClientTransport transport, HttpContext http, RequestDelegate next)
    {
        transport.StaysOn = false;
        await SocketThreads.LeaveAsync();
        await next(http);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<T> ThenLeaveAsync<T>(ValueTask<T> done)
    {
        var result = await done;
        await SocketThreads.LeaveAsync();
        return result;
    }

    /// <summary>Marks an endpoint that does little before it waits.</summary>
    internal sealed class StartsShort
    {
        /// <summary>The mark.</summary>
        public static StartsShort Mark { get; } = new();
    }

    private sealed class Reader(ClientTransport transport, PipeReader inner) : PipeReader
    {
        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            inner.ReadAsync(cancellationToken) is var read && (read.IsCompleted || transport.StaysOn) ? read : ThenLeaveAsync(read);

        public override bool TryRead(out ReadResult result) => inner.TryRead(out result);

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }

    private sealed class Writer(PipeWriter inner) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            inner.FlushAsync(cancellationToken) is var flush && flush.IsCompleted ? flush : ThenLeaveAsync(flush);

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
