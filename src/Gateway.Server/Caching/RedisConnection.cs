using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Gateway.Server.Caching;

/// <summary>
/// The one connection to Redis, for everything that is cached. Made in the background on first use and kept by the client library through cuts and
/// fail-overs; nobody waits for it, and until it is there everything is a miss.
/// </summary>
internal sealed partial class RedisConnection : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    private readonly CacheOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<RedisConnection> _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lazy<Task<IConnectionMultiplexer>> _connecting;
    private IDatabase? _database;

    /// <summary>Makes the connection's place; connects to nothing yet.</summary>
    public RedisConnection(IOptions<CacheOptions> options, TimeProvider clock, ILogger<RedisConnection> log)
    {
        _options = options.Value;
        _clock = clock;
        _log = log;
        _connecting = new Lazy<Task<IConnectionMultiplexer>>(ConnectAsync);
    }

    /// <summary>True where the settings name a Redis.</summary>
    public bool IsConfigured => !string.IsNullOrEmpty(_options.Redis);

    /// <summary>The database, or null where none is configured or the first attempt to connect is not over. The first call begins to connect.</summary>
    public IDatabase? Database
    {
        get
        {
            if (_database is null && IsConfigured)
            {
                _ = _connecting.Value;
            }

            return Volatile.Read(ref _database);
        }
    }

    /// <summary>The connected nodes of a Cluster; none where there is no Cluster, or none is known yet.</summary>
    public IEnumerable<IServer> ClusterServers => Volatile.Read(ref _database)?.Multiplexer.GetServers()
        .Where(server => server.ServerType == ServerType.Cluster && server.IsConnected) ?? [];

    /// <summary>The connection once the first attempt is over, for libraries that wait for one; it may be down at that time, or at any other.</summary>
    /// <exception cref="InvalidOperationException">None is configured.</exception>
    public Task<IConnectionMultiplexer> MultiplexerAsync() =>
        IsConfigured ? _connecting.Value : throw new InvalidOperationException("Gateway:Cache:Redis is not set. This is a bug: ask IsConfigured first.");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_connecting.IsValueCreated)
        {
            await ((Task)_connecting.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_connecting.Value.IsCompletedSuccessfully)
            {
                var connection = await _connecting.Value;
                await connection.CloseAsync(allowCommandsToComplete: false);
                await connection.DisposeAsync();
            }
        }

        _stopping.Dispose();
    }

    private async Task<IConnectionMultiplexer> ConnectAsync()
    {
        // Not on the thread of whoever asked first: names are resolved and sockets opened here.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                var connection = await ConnectionMultiplexer.ConnectAsync(_options.ToConfiguration());
                Volatile.Write(ref _database, connection.GetDatabase());
                return connection;
            }
            catch (Exception e) when (!_stopping.IsCancellationRequested)
            {
                // With a plain Redis the library goes on by itself; Sentinels that are all away end here.
                if (pause == FirstPause)
                {
                    LogNoConnection(e.GetType().Name);
                }
            }

            await Task.Delay(pause, _clock, _stopping.Token);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis could not be reached ({Fault}); scoring goes on without it, and it is tried again and again")]
    private partial void LogNoConnection(string fault);
}
