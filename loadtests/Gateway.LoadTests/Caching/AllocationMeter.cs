using System.Globalization;

namespace Gateway.LoadTests.Caching;

/// <summary>Reads from a gateway's <c>/metrics</c> what its process has allocated so far, on all threads, Kestrel's included.</summary>
/// <param name="gateway">The gateway's root.</param>
internal sealed class AllocationMeter(Uri gateway) : IDisposable
{
    private const string Series = "dotnet_gc_heap_total_allocated_bytes_total";

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = gateway };

    /// <summary>Bytes allocated since the process began.</summary>
    public async Task<double> ReadAsync(CancellationToken cancellation)
    {
        var metrics = await _client.GetStringAsync("/metrics", cancellation);
        var line = metrics.Split('\n').FirstOrDefault(line => line.StartsWith(Series, StringComparison.Ordinal))
            ?? throw new UsageException($"The gateway's /metrics has no {Series}.");

        // Name and labels, the value, perhaps a time.
        var fields = line[(line.LastIndexOf('}') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return double.Parse(fields[line.Contains('}', StringComparison.Ordinal) ? 0 : 1], CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
