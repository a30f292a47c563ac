using System.Net;
using System.Net.Http.Headers;
using Gateway.LoadTests.Load;
using Gateway.LoadTests.Workload;

namespace Gateway.LoadTests.Wire;

/// <summary>
/// The workload as ready-made requests to one server, so that a measured step only sends bytes and checks the answer. Operation n sends
/// request n modulo their number.
/// </summary>
internal sealed class HttpLoad : IDisposable
{
    private const int LongestShown = 500;
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient _client;
    private readonly IDialect _dialect;
    private readonly (byte[] Body, int Items)[] _requests;

    /// <summary>Writes all requests.</summary>
    /// <param name="server">The server's root.</param>
    /// <param name="dialect">Its way.</param>
    /// <param name="items">The workload.</param>
    /// <param name="itemsPerRequest">How many of them one request carries.</param>
    public HttpLoad(Uri server, IDialect dialect, IReadOnlyList<WorkItem> items, int itemsPerRequest)
        : this(new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = server, Timeout = TimeSpan.FromMinutes(5) }, dialect, items, itemsPerRequest)
    {
    }

    /// <summary>Writes all requests, sent by a client of the caller's making.</summary>
    public HttpLoad(HttpClient client, IDialect dialect, IReadOnlyList<WorkItem> items, int itemsPerRequest)
    {
        _client = client;
        // The figures are the model's, by dialects too whose bodies cannot say so.
        _client.DefaultRequestHeaders.CacheControl = new CacheControlHeaderValue { NoStore = true };
        _dialect = dialect;
        _requests = [.. items.Chunk(itemsPerRequest).Select(chunk => (dialect.Write(chunk), chunk.Length))];
    }

    /// <summary>How many operations send the whole workload once.</summary>
    public int RequestsPerPass => _requests.Length;

    /// <summary>How many items the whole workload has.</summary>
    public int ItemsPerPass => _requests.Sum(static request => request.Items);

    /// <summary>The scenario of this load in a shape.</summary>
    public LoadScenario Scenario(string name, LoadShape shape) => new(name, shape, StepAsync);

    /// <summary>The scores of the whole workload, asked for with some requests in flight; fails on the first that is missing.</summary>
    public async Task<double[]> ScoreAllAsync(int callers, CancellationToken cancellation)
    {
        var scores = new double[_requests.Length][];
        var options = new ParallelOptions { MaxDegreeOfParallelism = callers, CancellationToken = cancellation };
        await Parallel.ForAsync(0, _requests.Length, options, async (i, token) =>
        {
            var (status, body) = await SendAsync(i, token);
            if (status != HttpStatusCode.OK)
                throw new UsageException($"{_client.BaseAddress}{_dialect.Path.TrimStart('/')} answered {(int)status}: {System.Text.Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, LongestShown)))}");

            scores[i] = _dialect.Read(body);
            if (scores[i].Length != _requests[i].Items)
                throw new UsageException($"{_dialect.Path} gave {scores[i].Length} scores for {_requests[i].Items} items.");
        });
        return [.. scores.SelectMany(s => s)];
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<StepOutcome> StepAsync(LoadContext context, CancellationToken cancellation)
    {
        var request = (int)(context.Operation % _requests.Length);
        var (status, body) = await SendAsync(request, cancellation);
        if (status != HttpStatusCode.OK)
            return StepOutcome.Failed($"http_{(int)status}");

        try
        {
            var items = _requests[request].Items;
            return _dialect.Read(body).Length == items ? StepOutcome.Ok(items) : StepOutcome.Failed("wrong_count");
        }
        catch (FormatException exception)
        {
            return StepOutcome.Failed(exception.Message);
        }
    }

    private async Task<(HttpStatusCode Status, byte[] Body)> SendAsync(int request, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(_requests[request].Body);
        content.Headers.ContentType = Json;
        using var response = await _client.PostAsync(_dialect.Path, content, cancellation);
        return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellation));
    }
}
