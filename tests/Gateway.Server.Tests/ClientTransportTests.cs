using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Gateway.Server.Wire;

namespace Gateway.Server.Tests;

/// <summary>What may take long never runs on a thread that waits for the sockets, whatever its connection carried before.</summary>
public sealed class ClientTransportTests
{
    private const int Rounds = 50;

    [Fact]
    public async Task Request_OnAConnectionThatStaysOn_LeavesTheSocketsThreadsUnlessItStartsShort()
    {
        var seen = new ConcurrentQueue<(string Path, bool OnPool)>();
        await using var app = await StartAsync(seen);
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 }) { BaseAddress = new Uri(app.Urls.Single()) };

        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (path, body) in new[] { ("/short", "now"), ("/short", "now"), ("/long", "now"), ("/short", "now"), ("/long", "later"), ("/short", "chunks"), ("/short", "long") })
            {
                using var content = new Body(body);
                using var reply = await client.PostAsync(path, content, TestContext.Current.CancellationToken);
                Assert.Equal("read", await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            }
        }

        Assert.Equal(Rounds * 7, seen.Count(one => one.Path.EndsWith("begin", StringComparison.Ordinal)));
        Assert.All(seen.Where(one => !one.Path.StartsWith("/short now", StringComparison.Ordinal)), one => Assert.True(one.OnPool, one.Path));
        Assert.Contains(("/short now begin", false), seen);
    }

    [Fact]
    public async Task Reply_ItsClientReadsLate_GoesOnWithThePoolAndArrivesWhole()
    {
        const int Part = 64 * 1024;
        const int Parts = 256;
        var onPool = new ConcurrentQueue<bool>();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await StartAsync(async http =>
        {
            http.Features.Get<ClientTransport>()!.StaysOn = true;
            for (var part = 0; part < Parts; part++)
            {
                var flush = http.Response.BodyWriter.WriteAsync(Enumerable.Repeat((byte)part, Part).ToArray(), http.RequestAborted);
                var waits = !flush.IsCompleted;
                await flush;
                if (waits)
                {
                    onPool.Enqueue(Thread.CurrentThread.IsThreadPoolThread);
                }

                begun.TrySetResult();
            }
        });
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        using var reply = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await begun.Task;
        var body = await reply.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Part * Parts, body.Length);
        Assert.All(Enumerable.Range(0, Parts), part => Assert.True(body.AsSpan(part * Part, Part).IndexOfAnyExcept((byte)part) < 0));
        Assert.NotEmpty(onPool);
        Assert.DoesNotContain(false, onPool);
    }

    private static Task<WebApplication> StartAsync(ConcurrentQueue<(string Path, bool OnPool)> seen) => StartAsync(null, app =>
    {
        RequestDelegate run = async http =>
        {
            var name = $"{http.Request.Path} {http.Request.Headers["X-Body"]}";
            seen.Enqueue(($"{name} begin", Thread.CurrentThread.IsThreadPoolThread));
            await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
            seen.Enqueue(($"{name} read", Thread.CurrentThread.IsThreadPoolThread));
            await http.Response.WriteAsync("read", http.RequestAborted);
            // As where a call passed through.
            http.Features.Get<ClientTransport>()!.StaysOn = true;
        };
        app.MapPost("/short", run).WithMetadata(ClientTransport.StartsShort.Mark);
        app.MapPost("/long", run);
    });

    private static Task<WebApplication> StartAsync(RequestDelegate run) => StartAsync(run, _ => { });

    private static async Task<WebApplication> StartAsync(RequestDelegate? run, Action<WebApplication> map)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, ClientTransport.On));
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        var app = builder.Build();
        app.Use(ClientTransport.LeaveUnlessShort);
        map(app);
        if (run is not null)
        {
            app.Run(run);
        }

        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    /// <summary>A body at once, in two parts with a pause, in chunks, or longer than is read on a socket's thread.</summary>
    private sealed class Body : HttpContent
    {
        private readonly string _how;
        private readonly byte[] _bytes;

        public Body(string how)
        {
            (_how, _bytes) = (how, Encoding.UTF8.GetBytes(new string('x', how == "long" ? 70_000 : 2000)));
            Headers.Add("X-Body", how);
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(_bytes.AsMemory(0, 1000));
            if (_how == "later")
            {
                await stream.FlushAsync();
                await Task.Yield();
            }

            await stream.WriteAsync(_bytes.AsMemory(1000));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _bytes.Length;
            return _how != "chunks";
        }
    }
}
