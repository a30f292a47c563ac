using System.Globalization;
using Gateway.Core.Scoring;
using Gateway.Server.Telemetry;

namespace Gateway.Server.Scoring;

/// <summary>Where one request's time went; written as <c>Server-Timing</c>, in milliseconds.</summary>
/// <param name="Parse">Reading the body and turning it into a request.</param>
/// <param name="Before">Before the model.</param>
/// <param name="Scores">The longest wait of one item for a worker, and the sums of the other times over items; the upstream's apart from all that is ours.</param>
/// <param name="Total">From the first byte of the request to the reply.</param>
internal readonly record struct StageTimings(TimeSpan Parse, LookupTimings Before, ScoreTimings Scores, TimeSpan Total)
{
    /// <summary>The header's value.</summary>
    public string ToHeader() => string.Create(
        CultureInfo.InvariantCulture,
        $"parse;dur={new Milliseconds(Parse)}, harden;dur={new Milliseconds(Before.Harden)}, cache;dur={new Milliseconds(Before.Cache)}, queue;dur={new Milliseconds(Scores.Queue)}, encode;dur={new Milliseconds(Scores.Encode)}, run;dur={new Milliseconds(Scores.Run)}, upstream;dur={new Milliseconds(Scores.Upstream)}, total;dur={new Milliseconds(Total)}");
}
