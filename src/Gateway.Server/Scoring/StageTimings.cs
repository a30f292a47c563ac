using System.Globalization;
using Gateway.Core.Scoring;

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
        $"parse;dur={Parse.TotalMilliseconds:0.###}, harden;dur={Before.Harden.TotalMilliseconds:0.###}, cache;dur={Before.Cache.TotalMilliseconds:0.###}, queue;dur={Scores.Queue.TotalMilliseconds:0.###}, encode;dur={Scores.Encode.TotalMilliseconds:0.###}, run;dur={Scores.Run.TotalMilliseconds:0.###}, upstream;dur={Scores.Upstream.TotalMilliseconds:0.###}, total;dur={Total.TotalMilliseconds:0.###}");
}
