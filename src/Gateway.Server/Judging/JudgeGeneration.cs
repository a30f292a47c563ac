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
    /// <param name="judged">The item; nothing of it but its prompt and principle is looked at.</param>
    /// <param name="cache">Whether what is stored may answer, and what is new is stored.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="cancellation">The caller leaves.</param>
    /// <exception cref="GatewayException">It could not be had, and there is no makeshift.</exception>
    public async Task<Generated> ForAsync(JudgeCase judged, CacheUse cache, JudgeCaller caller, CancellationToken cancellation)
    {
        var shown = generation.Shown(judged);
        var key = TextKey.Of(generation.Kind, _revision, new Utf8Text(shown.PromptText), new Utf8Text(shown.Principle?.Digest ?? ""));
        var taken = default(JudgeAnswer);
        JudgeCase? applied = null;
        try
        {
            var kept = cache switch
            {
                CacheUse.Only => await texts.FindAsync(key, IsUsable, cancellation) ?? throw new GatewayException(ErrorKind.NotCached, $"No {generation.Kind} of this prompt is stored."),
                CacheUse.Off => CachedText.Unkept(await WriteAsync(caller, cancellation)),
                CacheUse.Refresh => await texts.ReplaceAsync(key, await WriteAsync(caller, cancellation)),
                // For all who wait: it has the cluster's time and not the first caller's.
                _ => await texts.GetOrMakeAsync(key, IsUsable, running => WriteAsync(caller with { Deadline = null }, running), cancellation),
            };
            return new Generated(applied ?? generation.Apply(judged, kept.Text), kept.Digest, null, kept.FromCache ? default : taken) { Cached = kept.FromCache };
        }
        catch (GatewayException fault) when (makeshift is not null && fault.Kind is not (ErrorKind.TimedOut or ErrorKind.NotCached))
        {
            return new Generated(makeshift.Apply(judged), null, makeshift.Name, taken);
        }
        catch (UnreadableVerdictException unreadable)
        {
            throw new GatewayException(ErrorKind.JudgeUnreadable, unreadable.Message);
        }

        // One that an older gateway kept, or that somebody else put there, perhaps is not.
        bool IsUsable(string text)
        {
            try
            {
                applied = generation.Apply(judged, text);
                return true;
            }
            catch (UnreadableVerdictException)
            {
                return false;
            }
        }

        async Task<string> WriteAsync(JudgeCaller asker, CancellationToken running)
        {
            var call = generation.BuildCall(shown);
            var (text, took) = await question.AskAsync(call, sample: 0, asker, reply => generation.Read(shown, call, reply), running);
            taken = took;
            return text;
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
internal sealed record Generated(JudgeCase Judged, string? Digest, string? Fallback, JudgeAnswer Taken)
{
    /// <summary>True where it was there, or another's call gave it.</summary>
    public bool Cached { get; init; }
}
