using System.Globalization;

namespace Gateway.Server.Scoring;

/// <summary>Where one request's time went; written as <c>Server-Timing</c>, in milliseconds.</summary>
/// <param name="Parse">Reading the body and turning it into a request.</param>
/// <param name="Harden">Hardening and keys.</param>
/// <param name="Cache">Looking for stored scores.</param>
/// <param name="Queue">The longest wait of one item for a worker.</param>
/// <param name="Encode">Encoding, summed over items.</param>
/// <param name="Run">In the model, summed over items.</param>
/// <param name="Upstream">On other servers, summed over calls; apart from all that is ours.</param>
/// <param name="Total">From the first byte of the request to the reply.</param>
internal readonly record struct StageTimings(
    TimeSpan Parse, TimeSpan Harden, TimeSpan Cache, TimeSpan Queue, TimeSpan Encode, TimeSpan Run, TimeSpan Upstream, TimeSpan Total)
{
    /// <summary>The header's value.</summary>
    public string ToHeader() => string.Create(
        CultureInfo.InvariantCulture,
        $"parse;dur={Parse.TotalMilliseconds:0.###}, harden;dur={Harden.TotalMilliseconds:0.###}, cache;dur={Cache.TotalMilliseconds:0.###}, queue;dur={Queue.TotalMilliseconds:0.###}, encode;dur={Encode.TotalMilliseconds:0.###}, run;dur={Run.TotalMilliseconds:0.###}, upstream;dur={Upstream.TotalMilliseconds:0.###}, total;dur={Total.TotalMilliseconds:0.###}");
}
