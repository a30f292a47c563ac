using Gateway.Core.Scoring;
using Gateway.Server.Scoring;
using Gateway.Server.Telemetry;
using Gateway.Server.Upstream;
using Gateway.Server.Wire;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Proxy;

/// <summary>
/// The way of a request that passes through: read as much of its body as says which cluster it is for, and forward it untouched. A conversation for a
/// reward model is scored instead.
/// </summary>
internal sealed partial class ProxyLane(
    ProxyTargets targets, ChatScoreProtocol chat, Admission admission, IOptions<ProxyOptions> options, IOptions<LimitsOptions> limits, TimeProvider clock,
    FailureLog failures, ILogger<ProxyLane> log)
{
    private const int FirstScan = 64 * 1024;

    private readonly ProxyOptions _options = options.Value;
    private readonly int _scoredBytes = limits.Value.BodyBytes;
    private readonly TimeSpan _bodyRead = TimeSpan.FromMilliseconds(limits.Value.BodyReadMs);

    /// <summary>The clock of all timings.</summary>
    public TimeProvider Clock => clock;

    /// <summary>Where the operator hears of failures.</summary>
    public FailureLog Failures => failures;

    /// <summary>The addresses of routes.</summary>
    public DestinationUris Uris { get; } = new();

    /// <summary>Runs one request; whatever happens, there is an answer in OpenAI's shape or the connection is cut.</summary>
    /// <param name="http">The request.</param>
    /// <param name="path">The route's path on a destination.</param>
    public async Task RunAsync(HttpContext http, string path)
    {
        try
        {
            await ForwardAsync(http, path);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; there is nobody to answer.
        }
        catch (GatewayException e)
        {
            LogFailure(http.Request.Path, e);
            await OpenAiError.WriteAsync(http, e);
        }
        catch (BadHttpRequestException e)
        {
            var kind = e.StatusCode == StatusCodes.Status413PayloadTooLarge ? ErrorKind.InputTooLong : ErrorKind.InvalidRequest;
            await OpenAiError.WriteAsync(http, kind == ErrorKind.InputTooLong ? TooLong() : new GatewayException(kind, $"The request could not be read: {e.Message}"), e.StatusCode);
        }
        catch (IOException)
        {
            // A destination's are caught where it is called; this is the client's body.
            await OpenAiError.WriteAsync(http, new GatewayException(ErrorKind.InvalidRequest, "The body's chunks cannot be read; send it with Content-Length."), close: true);
        }
        catch (Exception e)
        {
            LogBug(e, http.Request.Path);
            await OpenAiError.WriteAsync(http, new GatewayException(ErrorKind.ModelFailed, "The gateway failed on this request; its log says more."));
        }
    }

    private async Task ForwardAsync(HttpContext http, string path)
    {
        var started = clock.GetTimestamp();
        // The server decodes paths save for %2F, and names may hold slashes.
        var inPath = (http.GetRouteValue("model") as string)?.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        if (inPath is not null && chat.Scores(path, inPath))
        {
            await chat.ScoreAsync(http, null);
            return;
        }

        if (http.Request.ContentLength > _options.BodyBytes)
        {
            throw TooLong();
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } most)
        {
            most.MaxRequestBodySize = _options.BodyBytes;
        }

        using var timer = new CallTimer(_bodyRead, clock, http.RequestAborted);
        using var body = new HeldBody(http.Request, admission);
        var cluster = inPath is null ? null : targets.Find(inPath);
        var scan = await ReadAsync(http, body, cluster, timer);
        if (cluster is null && scan.Model is { } model && chat.Scores(path, model))
        {
            await ScoreAsync(http, body, timer);
            return;
        }

        cluster ??= targets.Find(scan.Model);
        var prefix = cluster.Options.Affinity && cluster.Destinations.Count > 1 ? scan.Prefix(body.Memory.Span) : PromptPrefix.None;
        await RewriteAsync(body, scan, cluster.Options.PassThrough, timer);
        http.Response.Headers["X-Gateway-Model"] = cluster.Name;
        await new ProxyCall(http, cluster, body, this).RunAsync(path, prefix, started, timer);
    }

    /// <summary>Reads what is needed: short bodies whole, longer ones until the model was seen.</summary>
    private async ValueTask<ModelScan> ReadAsync(HttpContext http, HeldBody body, UpstreamCluster? named, CallTimer timer)
    {
        var streams = http.Request.ContentLength > _options.ReplayBytes;
        await FillAsync(body, timer, streams ? Math.Min(FirstScan, _options.ScanBytes) : _options.ReplayBytes);
        var encoding = http.Request.Headers.ContentEncoding.ToString();
        if (encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            return named is { Options.PassThrough: { SendAs: null or "", Translations: [] } } ? ModelScan.Nothing : throw Encoded(encoding, http.Request.Path);
        }

        if (named is { Options.PassThrough.SendAs: null or "" })
        {
            // The path says where it goes; the body is for the destination to judge.
            return ModelScan.PromptOf(body.Memory.Span, body.Whole);
        }

        ModelScan scan;
        while (!ModelScan.TryRead(body.Memory.Span, body.Whole, out scan) && !body.Whole)
        {
            if (body.Memory.Length >= _options.ScanBytes)
            {
                throw TooLate(http.Request.Path);
            }

            await FillAsync(body, timer, (int)Math.Min(_options.ScanBytes, Math.Max(FirstScan, body.Memory.Length * 2L)));
        }

        return scan;
    }

    private async ValueTask FillAsync(HeldBody body, CallTimer timer, int most)
    {
        try
        {
            await body.ReadToAsync(most, timer.Token);
        }
        catch (OperationCanceledException) when (timer.TimeIsUp)
        {
            throw new GatewayException(
                ErrorKind.TimedOut, $"The body did not arrive within {_bodyRead.TotalMilliseconds:0} ms; send it faster, or raise Gateway:Limits:BodyReadMs.");
        }
    }

    private async Task ScoreAsync(HttpContext http, HeldBody body, CallTimer timer)
    {
        await FillAsync(body, timer, _scoredBytes);
        // A body that is just as long as allowed may have been read without its end having been seen.
        await FillAsync(body, timer, (int)Math.Min(int.MaxValue, _scoredBytes + 1L));
        if (!body.Whole || body.Memory.Length > _scoredBytes)
        {
            throw new GatewayException(
                ErrorKind.InputTooLong, $"The body has more than {_scoredBytes} bytes; send less at a time, or raise {LimitsOptions.Section}:BodyBytes.");
        }

        await chat.ScoreAsync(http, body.Memory);
    }

    private async ValueTask RewriteAsync(HeldBody body, ModelScan scan, PassThroughOptions how, CallTimer timer)
    {
        if (how.SendAs is { Length: > 0 } sendAs && scan.Model is not null)
        {
            body.ReplaceByText(scan.Start, scan.End, sendAs);
        }

        if (how.Translations.Length == 0)
        {
            return;
        }

        await FillAsync(body, timer, _options.ScanBytes);
        if (!body.Whole)
        {
            throw new GatewayException(
                ErrorKind.InputTooLong, $"The body has more than {_options.ScanBytes} bytes, and this cluster's bodies are translated whole; send less, or raise {ProxyOptions.Section}:ScanBytes.");
        }

        if (FieldTranslations.Apply(body.Memory, how.Translations) is { } translated)
        {
            body.Replace(0, body.Memory.Length, translated);
        }
    }

    private GatewayException TooLong() => new(
        ErrorKind.InputTooLong, $"The body has more than {_options.BodyBytes} bytes; send less, or raise {ProxyOptions.Section}:BodyBytes.");

    private GatewayException TooLate(string path) => new(
        ErrorKind.InvalidRequest,
        $"model: not within the body's first {_options.ScanBytes} bytes; send it first, post to /models/<name>{path}, or raise {ProxyOptions.Section}:ScanBytes.",
        [new FieldError("model", "too late")]);

    private static GatewayException Encoded(string encoding, string path) => new(
        ErrorKind.InvalidRequest, $"Content-Encoding '{encoding}' is not read; send the body as plain JSON, or post it to /models/<name>{path} of a cluster that changes nothing in it.");

    private void LogFailure(string path, GatewayException e)
    {
        if (e.Kind.Traits().OperatorFault)
        {
            failures.RequestFailed(path, e.Kind.Traits().Name, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} failed in a way nobody foresaw")]
    private partial void LogBug(Exception exception, string path);
}
