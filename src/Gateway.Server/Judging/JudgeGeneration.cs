using Gateway.Core.Judging;
using Gateway.Core.Scoring;
using Gateway.Server.Caching;

namespace Gateway.Server.Judging;

/// <summary>
/// What the judge itself writes for a prompt before it sees a response, once per prompt whatever the number of responses, callers or replicas that share
/// a Redis.
/// </summary>
/// <param name="generation">What is written.</param>
/// <param name="question">Asks the judge.</param>
/// <param name="texts">Where it is kept.</param>
/// <param name="revision">The judge's revision.</param>
/// <param name="makeshift">What takes its place where it cannot be had; null where that is a failure.</param>
internal sealed class JudgeGeneration(IGeneration generation, JudgeQuestion question, TextCache texts, string revision, Makeshift? makeshift)
{
    private readonly string _revision = $"{revision}\n{generation.Identity}";

    /// <summary>The item, to be judged by what was written for its prompt.</summary>
    /// <exception cref="GatewayException">It could not be written, and there is no makeshift.</exception>
    public async Task<Generated> ForAsync(JudgeCase judged, CancellationToken cancellation)
    {
        var shown = generation.Shown(judged);
        var taken = default(JudgeAnswer);
        try
        {
            var kept = await texts.GetOrMakeAsync(
                TextKey.Of(generation.Kind, _revision, new Utf8Text(shown.PromptText), new Utf8Text(shown.Principle?.Digest ?? "")),
                async running =>
                {
                    // For all who wait: it has the cluster's time and not the first caller's.
                    var call = generation.BuildCall(shown);
                    var (text, took) = await question.AskAsync(call, sample: 0, new JudgeCaller(generation.Kind, null), reply => generation.Read(shown, call, reply), running);
                    taken = took;
                    return text;
                },
                cancellation);
            return new Generated(generation.Apply(judged, kept.Text), kept.Digest, null, kept.FromCache ? default : taken);
        }
        catch (GatewayException fault) when (makeshift is not null && fault.Kind != ErrorKind.TimedOut)
        {
            return new Generated(makeshift.Apply(judged), null, makeshift.Name, taken);
        }
        catch (UnreadableVerdictException unreadable)
        {
            throw new GatewayException(ErrorKind.JudgeUnreadable, unreadable.Message);
        }
    }
}

/// <summary>What takes the place of what could not be written.</summary>
/// <param name="Name">What replies call it.</param>
/// <param name="Apply">The item, to be judged by it.</param>
internal sealed record Makeshift(string Name, Func<JudgeCase, JudgeCase> Apply);

/// <summary>What an item is judged by.</summary>
/// <param name="Judged">The item, with it.</param>
/// <param name="Digest">The digest of the generated text; null where none was generated.</param>
/// <param name="Fallback">What took its place; null where nothing had to.</param>
/// <param name="Taken">What writing it took; nothing where it was there.</param>
internal sealed record Generated(JudgeCase Judged, string? Digest, string? Fallback, JudgeAnswer Taken);
