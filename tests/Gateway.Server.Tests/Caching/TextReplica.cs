using Gateway.Core.Scoring;
using Gateway.Server.Caching;

namespace Gateway.Server.Tests.Caching;

/// <summary>One replica's cache of generated texts, whose generator a test decides; by default its text names the replica and the call.</summary>
internal sealed class TextReplica : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ServiceProvider _services;
    private int _made;

    /// <summary>A replica on a Redis, or on none.</summary>
    public TextReplica(string? redis, TimeProvider? clock = null, params (string Name, object Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([
                // A busy machine is no outage; tests of outages set their own.
                KeyValuePair.Create("Gateway:Cache:Redis", redis is null ? null : $"{redis},asyncTimeout=20000"),
                KeyValuePair.Create("Gateway:Cache:Texts:RedisMs", (string?)"20000"),
            ])
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Gateway:Cache:{setting.Name}", setting.Value.ToString())))
            .Build();
        _services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton(clock ?? TimeProvider.System)
            .AddMetrics()
            .AddLogging(logging => logging.AddProvider(Log))
            .AddCache()
            .AddTextCache()
            .BuildServiceProvider();
        Make = _ => Task.FromResult($"{GetHashCode()} {Volatile.Read(ref _made)}");
        Counters = new Counters(_services);
        Cache = _services.GetRequiredService<TextCache>();
    }

    public Func<CancellationToken, Task<string>> Make { get; set; }

    public Func<string, bool> IsUsable { get; set; } = _ => true;

    public TextCache Cache { get; }

    public Counters Counters { get; }

    public LogLines Log { get; } = new();

    /// <summary>How often this replica generated.</summary>
    public int Made => Volatile.Read(ref _made);

    public static TextKey Key(string prompt) => TextKey.Of("criteria", "judge-1", new Utf8Text(prompt));

    public Task<CachedText> AskAsync(string prompt, CancellationToken? cancellation = null) => AskAsync(Key(prompt), cancellation);

    public Task<CachedText> AskAsync(TextKey key, CancellationToken? cancellation = null) => Cache.GetOrMakeAsync(
        key,
        text => IsUsable(text),
        running =>
        {
            Interlocked.Increment(ref _made);
            return Make(running);
        },
        cancellation ?? TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience);

    public Task<CachedText[]> AskAsync(string prompt, int callers) => Task.WhenAll(Enumerable.Range(0, callers).Select(_ => AskAsync(prompt)));

    public async ValueTask DisposeAsync()
    {
        Counters.Dispose();
        await _services.DisposeAsync();
    }
}
