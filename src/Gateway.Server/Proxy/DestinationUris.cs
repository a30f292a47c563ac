using System.Collections.Concurrent;

namespace Gateway.Server.Proxy;

/// <summary>The addresses of routes on destinations, made once: parsing one costs more than the rest of a request's head.</summary>
internal sealed class DestinationUris
{
    private const int Most = 4096;

    private readonly ConcurrentDictionary<(string Address, string Path), Uri> _known = new();

    /// <summary>Where a route of a destination is.</summary>
    /// <param name="address">The destination's address.</param>
    /// <param name="path">The route's path.</param>
    /// <param name="query">The query with its question mark; empty: none.</param>
    public Uri Of(string address, string path, string query)
    {
        if (query.Length > 0)
        {
            return Make(address, path + query);
        }

        if (_known.TryGetValue((address, path), out var known))
        {
            return known;
        }

        // Addresses change with the configuration only, but for ever.
        if (_known.Count >= Most)
        {
            _known.Clear();
        }

        return _known[(address, path)] = Make(address, path);
    }

    private static Uri Make(string address, string path) =>
        new(address + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
}
