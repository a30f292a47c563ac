using System.Buffers;
using System.Globalization;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;
using Gateway.Server.Telemetry;
using Gateway.Server.Watching;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Wire;

/// <summary>The edge every dialect shares: admits and reads the body, runs the dialect, and turns the one exception type into its error.</summary>
internal sealed partial class WireEdge(
    ScoringService scoring, ModelRegistry models, Admission admission, PolicyWatch watch, IOptions<LimitsOptions> limits, TimeProvider clock,
    FailureLog failures, ILogger<WireEdge> log)
{
    private const int FirstBuffer = 16 * 1024;

    private readonly int _bodyBytes = limits.Value.BodyBytes;
    private readonly TimeSpan _bodyRead = TimeSpan.FromMilliseconds(limits.Value.BodyReadMs);

    /// <summary>The most responses of one request.</summary>
    public int MostResponses { get; } = limits.Value.ResponsesPerRequest;

    /// <summary>The orchestrator.</summary>
    public ScoringService Scoring => scoring;

    /// <summary>The served models.</summary>
    public ModelRegistry Models => models;

    /// <summary>What looks at scored responses.</summary>
    public PolicyWatch Watch => watch;

    /// <summary>The clock of all timings.</summary>
    public TimeProvider Clock => clock;

    /// <summary>Runs one call from body to reply; whatever happens, the answer is the dialect's and the next request is served.</summary>
    public Task RunAsync(HttpContext http, Func<GatewayException, WireReply> writeError, Func<WireCall, Task> handle) => RunAsync(http, null, writeError, handle);

    /// <summary>The same where someone read the body already, and keeps it until the call has ended; null reads it here.</summary>
    public async Task RunAsync(HttpContext http, ReadOnlyMemory<byte>? held, Func<GatewayException, WireReply> writeError, Func<WireCall, Task> handle)
    {
        var started = Clock.GetTimestamp();
        using var body = new BodyBuffer(admission);
        try
        {
            if (held is null)
            {
                await ReadBodyAsync(http.Request, body);
            }

            using var texts = new TextLease();
            await handle(new WireCall(http, this, held ?? body.Memory, texts, started));
        }
        catch (GatewayException e)
        {
            await FailAsync(http, writeError, e);
        }
        catch (BadHttpRequestException e)
        {
            await FailAsync(http, writeError, new GatewayException(ErrorKind.InvalidRequest, $"The request could not be read: {e.Message}"));
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; there is nobody to answer.
        }
        catch (Exception e)
        {
            LogBug(e, http.Request.Path);
            await FailAsync(http, writeError, new GatewayException(ErrorKind.ModelFailed, "The gateway failed on this request; its log says more."));
        }
    }

    /// <summary>Writes a whole reply.</summary>
    public static Task WriteAsync(HttpContext http, WireReply reply) => WriteAsync(http, reply.Status, reply.ContentType, reply.Body);

    /// <summary>Writes a whole body with its length, as clients that read JSON by content type and length expect.</summary>
    public static async Task WriteAsync(HttpContext http, int status, string contentType, ReadOnlyMemory<byte> body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.ContentLength = body.Length;
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable && http.Response.Headers.RetryAfter.Count == 0)
        {
            http.Response.Headers.RetryAfter = "1";
        }

        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    /// <summary>Tells the operator, once per request, of parts that failed for a reason that is not the client's.</summary>
    public void NoteFailures(HttpContext http, IReadOnlyList<Failure> failed, int parts)
    {
        if (failed.Count == parts && failed.Max(failure => failure.RetryAfter) is { } wait)
        {
            http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        var faults = failed.Where(failure => failure.Kind.Traits().OperatorFault).ToArray();
        if (faults.Length > 0 && !http.RequestAborted.IsCancellationRequested)
        {
            failures.ResponsesFailed(http.Request.Path, faults.Length, faults[0].Kind.Traits().Name, faults[0].Message);
        }
    }

    private async Task FailAsync(HttpContext http, Func<GatewayException, WireReply> writeError, GatewayException e)
    {
        if (http.RequestAborted.IsCancellationRequested)
        {
            // Its items failed because it left; that is nobody's fault, and there is nobody to answer.
            return;
        }

        if (e.Kind.Traits().OperatorFault)
        {
            failures.RequestFailed(http.Request.Path, e.Kind.Traits().Name, e.Message);
        }

        if (http.Response.HasStarted)
        {
            return;
        }

        if (e.RetryAfter is { } wait)
        {
            http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        http.Response.Headers["X-Gateway-Error"] = e.Kind.Traits().Name;
        await WriteAsync(http, writeError(e));
    }

    private async Task ReadBodyAsync(HttpRequest request, BodyBuffer body)
    {
        if (request.Headers.ContentEncoding is { Count: > 0 } encoding && encoding != "identity")
        {
            throw new GatewayException(ErrorKind.InvalidRequest, $"Content-Encoding '{encoding}' is not read; send the body as plain JSON.");
        }

        if (request.ContentLength > _bodyBytes)
        {
            throw TooLong();
        }

        body.Grow((int)(request.ContentLength ?? Math.Min(FirstBuffer, _bodyBytes)));
        using var deadline = new CancellationTokenSource(_bodyRead, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, request.HttpContext.RequestAborted);
        while (true)
        {
            int read;
            try
            {
                read = await request.Body.ReadAsync(body.Free, either.Token);
            }
            catch (OperationCanceledException) when (deadline.IsCancellationRequested)
            {
                throw new GatewayException(
                    ErrorKind.TimedOut,
                    $"The body did not arrive within {_bodyRead.TotalMilliseconds:0} ms; send it faster, or raise Gateway:Limits:BodyReadMs.");
            }

            catch (IOException e) when (e is not BadHttpRequestException && !request.HttpContext.RequestAborted.IsCancellationRequested)
            {
                request.HttpContext.Response.Headers.Connection = "close";
                throw new GatewayException(ErrorKind.InvalidRequest, "The body's chunks cannot be read; send it with Content-Length.");
            }

            if (read == 0)
            {
                return;
            }

            body.Length += read;
            if (body.Length > _bodyBytes)
            {
                throw TooLong();
            }

            if (body.Free.IsEmpty)
            {
                // Never more than a legal body needs: it must fit where only one of the largest does.
                body.Grow(Math.Min(Math.Max(FirstBuffer, body.Length), _bodyBytes - body.Length));
            }
        }
    }

    private GatewayException TooLong() => new(
        ErrorKind.InputTooLong, $"The body has more than {_bodyBytes} bytes; send less at a time, or raise Gateway:Limits:BodyBytes.");

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} failed in a way nobody foresaw")]
    private partial void LogBug(Exception exception, string path);

    /// <summary>A body in pooled memory, its bytes counted by admission for as long as it is held.</summary>
    private sealed class BodyBuffer(Admission admission) : IDisposable
    {
        private byte[] _bytes = [];
        private long _admitted;

        public int Length { get; set; }

        public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

        public Memory<byte> Free => _bytes.AsMemory(Length);

        public void Grow(int more)
        {
            admission.EnterBytes(more);
            _admitted += more;
            // One byte more than announced, so that the end is read without growing again.
            var larger = ArrayPool<byte>.Shared.Rent(Length + more + 1);
            _bytes.AsSpan(0, Length).CopyTo(larger);
            Return();
            _bytes = larger;
        }

        public void Dispose()
        {
            admission.LeaveBytes(_admitted);
            Return();
        }

        private void Return()
        {
            if (_bytes.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_bytes);
            }

            _bytes = [];
        }
    }
}
