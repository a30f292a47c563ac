using Gateway.LoadTests.Figures;
using StackExchange.Redis;

namespace Gateway.LoadTests.Caching;

/// <summary>What is compared with the tier in Redis: MGET of the keys that the gateway wrote, by the same library and by Redis's own benchmark.</summary>
internal sealed class BareRedis : IAsyncDisposable
{
    private readonly ConnectionMultiplexer _connection;
    private readonly RedisKey[] _keys;
    private readonly string _benchmark;
    private readonly int _port;

    private BareRedis(ConnectionMultiplexer connection, RedisKey[] keys, string benchmark, int port)
    {
        _connection = connection;
        _keys = keys;
        _benchmark = benchmark;
        _port = port;
    }

    /// <summary>Stored bytes of one score on average.</summary>
    public double ValueBytes { get; private init; }

    /// <summary>Bytes of one key.</summary>
    public int KeyBytes => ((byte[])_keys[0]!).Length;

    /// <summary>Redis's version.</summary>
    public Version Version => _connection.GetServers()[0].Version;

    /// <summary>How many scores are stored.</summary>
    public int Count => _keys.Length;

    /// <summary>Connects and finds the stored scores.</summary>
    public static async Task<BareRedis> ConnectAsync(Uri server, string benchmark)
    {
        var connection = await ConnectionMultiplexer.ConnectAsync($"{server.Host}:{server.Port}");
        var keys = new List<RedisKey>();
        await foreach (var key in connection.GetServers()[0].KeysAsync(pattern: "*:s:*", pageSize: 1000))
        {
            keys.Add(key);
        }

        // Not in the order of Redis's own table, which would be kinder to its memory than requests are.
        var shuffled = keys.OrderBy(key => (string)key!, StringComparer.Ordinal).ToArray();
        var values = shuffled.Length == 0 ? [] : await connection.GetDatabase().StringGetAsync(shuffled);
        return new BareRedis(connection, shuffled, benchmark, server.Port) { ValueBytes = values.Length == 0 ? 0 : values.Average(value => (double)value.Length()) };
    }

    /// <summary>Callers on one connection, each asking for so many keys at a time and waiting for them.</summary>
    public async Task<Measurement> MeasureAsync(int keys, int callers, TimeSpan duration, TimeProvider time)
    {
        var database = _connection.GetDatabase();
        RedisKey[][] batches = [.. _keys.Chunk(keys).Where(batch => batch.Length == keys)];
        var meter = new Meter(server: null);
        var (items, next) = (0L, -1);
        meter.Open();
        var started = time.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => CallAsync()));
        return meter.Close(items, time.GetElapsedTime(started), null, 0);

        async Task CallAsync()
        {
            while (time.GetElapsedTime(started) < duration)
            {
                var values = await database.StringGetAsync(batches[(uint)Interlocked.Increment(ref next) % batches.Length]);
                Interlocked.Add(ref items, values.Count(value => !value.IsNull));
            }
        }
    }

    /// <summary>Keys per second by redis-benchmark, as many connections as callers.</summary>
    public async Task<double> BenchmarkAsync(int keys, int callers, long requests, CancellationToken cancellation)
    {
        string[] words =
        [
            "-h", "127.0.0.1", "-p", $"{_port}", "-c", $"{callers}", "-n", $"{requests}", "--csv",
            "MGET", .. _keys.Take(keys).Select(key => (string)key!),
        ];
        var start = new System.Diagnostics.ProcessStartInfo(_benchmark, words) { RedirectStandardOutput = true };
        using var process = System.Diagnostics.Process.Start(start) ?? throw new UsageException($"{_benchmark} did not start.");
        var output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);

        // "test","rps",… in the first line, and the values of the one test in the last.
        var fields = output.Trim().Split('\n')[^1].Split("\",\"");
        return fields.Length > 1 && double.TryParse(fields[1].Trim('"'), System.Globalization.CultureInfo.InvariantCulture, out var perSecond)
            ? perSecond * keys
            : throw new UsageException($"redis-benchmark answered with code {process.ExitCode}: {output}");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
