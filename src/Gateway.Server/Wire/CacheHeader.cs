using Gateway.Core.Scoring;
using Microsoft.Extensions.Primitives;

namespace Gateway.Server.Wire;

/// <summary>What a request's <c>Cache-Control</c> (RFC 9111, 5.2.1) asks of stored scores.</summary>
internal static class CacheHeader
{
    /// <summary>
    /// <c>no-store</c> neither reads nor writes them, <c>only-if-cached</c> takes nothing else, <c>no-cache</c> scores afresh and stores; null where
    /// it says none of these. Of several the first in this order holds.
    /// </summary>
    public static CacheUse? Read(StringValues header)
    {
        if (header.Count == 0)
        {
            return null;
        }

        return Says(header, "no-store") ? CacheUse.Off
            : Says(header, "only-if-cached") ? CacheUse.Only
            : Says(header, "no-cache") ? CacheUse.Refresh
            : null;
    }

    private static bool Says(StringValues header, string directive)
    {
        foreach (var line in header)
        {
            foreach (var part in line.AsSpan().Split(','))
            {
                if (line.AsSpan()[part].Trim().Equals(directive, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
