using System.Globalization;

namespace Gateway.Server.Telemetry;

/// <summary>
/// Tells the operator of requests that failed for reasons that are not the client's. In an outage every request fails: of each path and kind one line
/// is written in ten seconds, and the next one says how many were left out.
/// </summary>
internal sealed partial class FailureLog(TimeProvider clock, ILogger<FailureLog> log)
{
    /// <summary>The time in which one kind of failure of one path is written once.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    // Clients choose how they spell a path, so that there could be any number of them; those beyond share a line until others fell silent.
    private const int MostSubjects = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Path, string Kind), (long Said, int LeftOut)> _subjects = [];

    /// <summary>A whole request failed.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="kind">What went wrong, by its name on the wire.</param>
    /// <param name="detail">The message; never judged text.</param>
    public void RequestFailed(string path, string kind, string detail)
    {
        if (More(path, kind) is { } more)
        {
            LogRequest(path, kind, OneLine(detail), more);
        }
    }

    /// <summary>Some responses of a request failed.</summary>
    /// <param name="path">The request's path.</param>
    /// <param name="count">How many failed.</param>
    /// <param name="kind">What went wrong with the first, by its name on the wire.</param>
    /// <param name="detail">The first one's message; never judged text.</param>
    public void ResponsesFailed(string path, int count, string kind, string detail)
    {
        if (More(path, "responses: " + kind) is { } more)
        {
            LogResponses(path, count, kind, OneLine(detail), more);
        }
    }

    /// <summary>A destination did not finish a reply that had begun.</summary>
    public void ReplyCut(string destination, string cluster, string path)
    {
        if (More(path, $"cut: {cluster}/{destination}") is { } more)
        {
            LogCut(destination, cluster, path, more);
        }
    }

    // A message may hold a client's name for something, which must not look like a line of the log's own, nor steer a terminal.
    private static string OneLine(string detail) => string.Create(detail.Length, detail, static (line, from) =>
    {
        for (var i = 0; i < line.Length; i++)
        {
            line[i] = char.IsControl(from[i]) || from[i] is '\u2028' or '\u2029' ? ' ' : from[i];
        }
    });

    /// <summary>What a line adds of those that were left out before it; null where this one is left out.</summary>
    private string? More(string path, string kind)
    {
        var now = clock.GetTimestamp();
        int leftOut;
        lock (_lock)
        {
            var subject = HasRoomFor((path, kind), now) ? (path, kind) : ("", "");
            var known = _subjects.TryGetValue(subject, out var before);
            if (known && clock.GetElapsedTime(before.Said, now) < Interval)
            {
                _subjects[subject] = (before.Said, before.LeftOut + 1);
                return null;
            }

            _subjects[subject] = (now, 0);
            leftOut = before.LeftOut;
        }

        return leftOut == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({leftOut} more like it since the last such line)");
    }

    private bool HasRoomFor((string Path, string Kind) subject, long now)
    {
        if (_subjects.Count < MostSubjects || _subjects.ContainsKey(subject))
        {
            return true;
        }

        foreach (var (silent, (said, _)) in _subjects)
        {
            if (clock.GetElapsedTime(said, now) >= Interval)
            {
                // A dictionary may lose entries while it is walked.
                _subjects.Remove(silent);
            }
        }

        return _subjects.Count < MostSubjects;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} failed, {Kind}: {Detail}{More}")]
    private partial void LogRequest(string path, string kind, string detail, string more);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path}: {Count} responses failed, the first with {Kind}: {Detail}{More}")]
    private partial void LogResponses(string path, int count, string kind, string detail, string more);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Destination {Destination} of cluster {Cluster} broke off its reply to {Path}; the client's connection was cut{More}")]
    private partial void LogCut(string destination, string cluster, string path, string more);
}
