using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;
using Gateway.Server.Watching;

namespace Gateway.Server.Wire;

/// <summary>One scoring call at the edge: its body, the memory of its texts, and the reply. Ends with the request.</summary>
internal sealed class WireCall(HttpContext http, WireEdge edge, ReadOnlyMemory<byte> body, TextLease texts, long started)
{
    private const int MostFlooredNamed = 256;

    private TimeSpan _parse;
    private string? _run = RunName.Read(http.Request.Headers[RunName.Header]);

    /// <summary>Fires when the client has gone.</summary>
    public CancellationToken Aborted => http.RequestAborted;

    /// <summary>True where the client is on this machine.</summary>
    public bool IsLocal => http.Connection.RemoteIpAddress is { } address && System.Net.IPAddress.IsLoopback(address);

    /// <summary>What the header <c>Cache-Control</c> asks for; null where it asks for nothing.</summary>
    public CacheUse? CacheAsked => CacheHeader.Read(http.Request.Headers.CacheControl);

    /// <summary>
    /// Among whom turns go round where work must wait: a trainer sends thousands of requests where another sends two, so those of one run are one party.
    /// Null: each request is one.
    /// </summary>
    public string? Party => _run is null ? null : "run " + _run;

    /// <summary>The body parsed as one dialect's shape.</summary>
    /// <exception cref="GatewayException">It is not that shape: <see cref="ErrorKind.InvalidRequest"/>.</exception>
    public T Parse<T>(JsonTypeInfo<T> type)
        where T : class =>
        Parse((json, lease, mostResponses) =>
        {
            JsonBounds.Check(json.Span, mostResponses);
            return JsonText.Within(lease, () => JsonSerializer.Deserialize(json.Span, type));
        });

    /// <summary>The body read by a reader of one dialect's shape.</summary>
    /// <exception cref="GatewayException">It is not that shape: <see cref="ErrorKind.InvalidRequest"/>.</exception>
    public T Parse<T>(Func<ReadOnlyMemory<byte>, TextLease, int, T?> read)
        where T : class
    {
        if (!System.Text.Unicode.Utf8.IsValid(body.Span))
        {
            throw new GatewayException(ErrorKind.InvalidRequest, "The body is not well-formed UTF-8; send JSON encoded as UTF-8.");
        }

        // Some editors and shells write a byte order mark; JSON's readers may skip it (RFC 8259, 8.1).
        var json = body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body;
        try
        {
            return read(json, texts, edge.MostResponses)
                ?? throw new GatewayException(ErrorKind.InvalidRequest, "The body is null; send a JSON object.");
        }
        catch (JsonException e)
        {
            throw JsonFault.Of(e);
        }
        catch (InvalidOperationException)
        {
            throw new GatewayException(ErrorKind.InvalidRequest, "A name in the body holds a lone surrogate; send well-formed text.");
        }
        finally
        {
            _parse = edge.Clock.GetElapsedTime(started);
        }
    }

    /// <summary>The model that the path names, else the body, else the default. Compatibility routes let unknown names fall back.</summary>
    /// <exception cref="GatewayException">There is none: <see cref="ErrorKind.UnknownModel"/>.</exception>
    public ModelEntry Model(string? named, bool fallBack)
    {
        // The server decodes paths save for %2F, and aliases may hold slashes.
        var entry = http.GetRouteValue("model") is string inPath
            ? edge.Models.Find(inPath.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase))
            : edge.Models.Find(named, fallBack);
        http.Response.Headers["X-Gateway-Model"] = entry.Model.Name;
        http.Response.Headers["X-Gateway-Revision"] = entry.Model.Revision;
        return entry;
    }

    /// <summary>Says which training run asks, where the body does.</summary>
    /// <exception cref="GatewayException">It is no name: <see cref="ErrorKind.InvalidRequest"/>.</exception>
    public void NameRun(string? run) => _run = RunName.Read(run) ?? _run;

    /// <summary>Scores, and notes where the time went. What the header <c>Cache-Control</c> says holds unless the body spoke of it.</summary>
    public async Task<ScoredRequest> ScoreAsync(ScoreRequest request, bool bodySaysCache = false)
    {
        var scored = await ScoreForAllAsync(request, http.RequestAborted, bodySaysCache);
        var totals = scored.Totals;
        Count("X-Gateway-Cached", totals.Cached);
        Count("X-Gateway-Findings", totals.Findings);
        NameFloored(scored);
        Count("X-Gateway-Truncated", totals.Truncated);
        Count("X-Gateway-Unchecked", totals.Unchecked);
        var total = edge.Clock.GetElapsedTime(started);
        http.Response.Headers["Server-Timing"] = new StageTimings(_parse, scored.Timings, totals.Timings, total).ToHeader();
        return scored;
    }

    /// <summary>Scores for several calls together, whoever of them leaves; says nothing of it in this one's headers.</summary>
    public async Task<ScoredRequest> ScoreForAllAsync(ScoreRequest request, CancellationToken cancellation, bool bodySaysCache = false)
    {
        if (!bodySaysCache && CacheAsked is { } cache)
        {
            request = request with { Options = request.Options with { Cache = cache } };
        }

        request = Party is null ? request : request with { Options = request.Options with { Party = Party } };
        var scored = await edge.Scoring.ScoreAsync(request, cancellation);
        edge.Watch.Observe(scored.Model, _run, request.Items, scored.Items);
        return scored;
    }

    /// <summary>Says of a response that was scored with those of other calls what the body has no place for.</summary>
    public void Describe(ScoredResponse response)
    {
        Count("X-Gateway-Findings", response.Findings.Count);
        if (response.IsFloored)
        {
            http.Response.Headers["X-Gateway-Floored"] = "0";
        }
    }

    /// <summary>Logs what failed for reasons that are not the client's, on routes whose reply carries failures.</summary>
    public void NoteFailures(ScoredRequest scored)
    {
        if (scored.Totals.Failed > 0)
        {
            NoteFailures([.. scored.Responses.Select(response => response.Result.Failure).OfType<Failure>()], scored.Totals.Responses);
        }
    }

    /// <summary>The same for failures of so many parts of a request.</summary>
    public void NoteFailures(IReadOnlyList<Failure> failed, int parts) => edge.NoteFailures(http, failed, parts);

    // A floor must be told from a score wherever it is read; the indexes, as far as a header may be long.
    private void NameFloored(ScoredRequest scored)
    {
        if (scored.Totals.Findings == 0)
        {
            return;
        }

        var floored = scored.Responses.Select((response, index) => (response.IsFloored, index)).Where(entry => entry.IsFloored).Select(entry => entry.index).ToArray();
        if (floored.Length > 0)
        {
            http.Response.Headers["X-Gateway-Floored"] = string.Join(",", floored.Take(MostFlooredNamed))
                + (floored.Length > MostFlooredNamed ? string.Create(CultureInfo.InvariantCulture, $",+{floored.Length - MostFlooredNamed}") : "");
        }
    }

    // Some dialects' bodies have no place for these.
    private void Count(string header, int count)
    {
        if (count > 0)
        {
            http.Response.Headers[header] = count.ToString(CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Names the activation of the numbers in the reply.</summary>
    public void NameActivation(string activation) => http.Response.Headers["X-Gateway-Activation"] = activation;

    /// <summary>Writes the reply as JSON.</summary>
    public Task ReplyAsync<T>(T reply, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        ReplyAsync(json => JsonSerializer.Serialize(json, reply, type), status);

    /// <summary>Writes the reply as JSON.</summary>
    public async Task ReplyAsync(Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK)
    {
        using var buffer = new ReplyBuffer();
        using (var json = new Utf8JsonWriter(buffer, WireReply.Writing))
        {
            write(json);
        }

        await WireEdge.WriteAsync(http, status, "application/json", buffer.Written);
    }
}
