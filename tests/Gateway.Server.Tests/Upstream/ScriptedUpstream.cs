using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.Server.Tests.Upstream;

/// <summary>A real HTTP server whose answers the test writes, one delegate for all requests; it can be killed and started again on its port.</summary>
internal sealed class ScriptedUpstream : IAsyncDisposable
{
    private readonly string _name;
    private WebApplication? _app;
    private int _entered;

    private ScriptedUpstream(string name, RequestDelegate handle) => (_name, Handle) = (name, handle);

    /// <summary>What answers; may be changed at any time.</summary>
    public RequestDelegate Handle { get; set; }

    /// <summary>Whether a request's body is read before <see cref="Handle"/> runs; otherwise that is for <see cref="Handle"/> to do.</summary>
    public bool ReadsBody { get; set; } = true;

    /// <summary>How it listens: TLS, HTTP versions; plain HTTP/1.1 where it does not say.</summary>
    public Action<ListenOptions> Listen { get; init; } = _ => { };

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>Every request that reached <see cref="Handle"/>, with its body.</summary>
    public ConcurrentQueue<SeenRequest> Seen { get; } = new();

    /// <summary>Requests in <see cref="Handle"/> now.</summary>
    public int InFlight => Volatile.Read(ref _entered);

    /// <summary>Starts a server with this answer.</summary>
    public static async Task<ScriptedUpstream> StartAsync(RequestDelegate handle, string name = "upstream", Action<ListenOptions>? listen = null)
    {
        var upstream = new ScriptedUpstream(name, handle) { Listen = listen ?? (_ => { }) };
        await upstream.StartAsync();
        return upstream;
    }

    /// <summary>Starts a server that answers 200 with its name.</summary>
    public static Task<ScriptedUpstream> StartAsync(string name = "upstream") => StartAsync(http => TextAsync(http, 200, name), name);

    /// <summary>Starts again on the same port, once whoever was given it meanwhile, such as a connection of another test, has left it.</summary>
    public Task StartAsync() => Eventually.TrueAsync(TryStartAsync, $"{_name} listens at {Address}");

    /// <summary>Stops listening; requests in flight are finished, or cut off where it is killed.</summary>
    public async Task StopAsync(bool kill = true)
    {
        if (_app is not null)
        {
            await _app.StopAsync(new CancellationToken(kill));
            await _app.DisposeAsync();
            _app = null;
        }
    }

    /// <summary>The settings of a cluster whose destinations are these servers, named a, b, c and so on.</summary>
    public static (string Key, string Value)[] Cluster(string cluster, params ScriptedUpstream[] upstreams) =>
        [.. upstreams.Select((upstream, i) => ($"Gateway:Clusters:{cluster}:Destinations:{(char)('a' + i)}:Address", upstream.Address.ToString()))];

    /// <summary>Answers with JSON.</summary>
    public static Task JsonAsync(HttpContext http, int status, string json) => WriteAsync(http, status, "application/json", json);

    /// <summary>Answers with text.</summary>
    public static Task TextAsync(HttpContext http, int status, string text) => WriteAsync(http, status, "text/plain", text);

    /// <summary>Resets the connection before any answer.</summary>
    public static Task ResetAsync(HttpContext http)
    {
        http.Abort();
        return Task.CompletedTask;
    }

    /// <summary>Announces a body, sends its beginning and resets.</summary>
    public static async Task CutMidBodyAsync(HttpContext http, string beginning)
    {
        http.Response.ContentLength = Encoding.UTF8.GetByteCount(beginning) + 1000;
        await http.Response.WriteAsync(beginning);
        await http.Response.Body.FlushAsync();
        http.Abort();
    }

    /// <summary>Never answers; returns when the caller leaves.</summary>
    public static async Task HangAsync(HttpContext http)
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = http.RequestAborted.Register(left.SetResult);
        await left.Task;
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task<bool> TryStartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, Address.Port, Listen));
        _app = builder.Build();
        _app.Run(RunAsync);
        try
        {
            await _app.StartAsync(TestContext.Current.CancellationToken);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await StopAsync();
            return false;
        }

        Address = new Uri(_app.Urls.First());
        return true;
    }

    private static async Task WriteAsync(HttpContext http, int status, string type, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        http.Response.ContentLength = Encoding.UTF8.GetByteCount(text);
        await http.Response.WriteAsync(text);
    }

    private async Task RunAsync(HttpContext http)
    {
        Interlocked.Increment(ref _entered);
        try
        {
            using var reader = new StreamReader(http.Request.Body);
            var body = ReadsBody ? await reader.ReadToEndAsync() : "";
            Seen.Enqueue(new SeenRequest(
                http.Request.Method,
                http.Request.Path + http.Request.QueryString.ToString(),
                http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                body,
                http.Request.Protocol));
            http.Items[typeof(SeenRequest)] = body;
            await Handle(http);
        }
        finally
        {
            Interlocked.Decrement(ref _entered);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_name} at {Address}");
}

/// <summary>A request as it arrived.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">Path and query.</param>
/// <param name="Headers">All headers.</param>
/// <param name="Body">The whole body.</param>
/// <param name="Protocol">Such as <c>HTTP/2</c>.</param>
internal sealed record SeenRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body, string Protocol)
{
    /// <summary>The body of the request that a handler answers.</summary>
    public static string BodyOf(HttpContext http) => (string)http.Items[typeof(SeenRequest)]!;
}
