using Gateway.Core.Judging;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;
using Gateway.Server.Caching;

namespace Gateway.Server.Judging;

/// <summary>
/// The criteria of prompts, written by the judge itself, once per prompt and principle whatever the number of responses, callers or replicas that
/// share a Redis.
/// </summary>
/// <param name="question">Asks the judge.</param>
/// <param name="texts">Where criteria are kept.</param>
/// <param name="revision">The judge's revision.</param>
/// <param name="fallback">The rubric that takes the place of criteria that cannot be had; null where that is a failure.</param>
internal sealed class JudgeCriteria(JudgeQuestion question, TextCache texts, string revision, Rubric? fallback)
{
    private const string FallbackName = "rubric";
    private const string Party = "criteria";

    private readonly string _revision = $"{revision}\n{CriteriaGeneration.Identity}";

    /// <summary>The criteria for an item's prompt.</summary>
    /// <exception cref="GatewayException">They could not be written, and there is no fallback.</exception>
    public async Task<CriteriaUsed> OfAsync(JudgeCase judged, CancellationToken cancellation)
    {
        var promptOnly = judged.PromptOnly();
        var taken = default(JudgeAnswer);
        try
        {
            var kept = await texts.GetOrMakeAsync(
                TextKey.Of("criteria", _revision, new Utf8Text(promptOnly.PromptText), new Utf8Text(judged.Principle?.Digest ?? "")),
                async running =>
                {
                    // For all who wait: it has the cluster's time and not the first caller's.
                    var (text, took) = await question.AskAsync(CriteriaGeneration.BuildCall(promptOnly), sample: 0, new JudgeCaller(Party, null), reply => CriteriaGeneration.Read(promptOnly, reply), running);
                    taken = took;
                    return text;
                },
                cancellation);
            return new CriteriaUsed(CriteriaGeneration.Parse(kept.Text), kept.Digest, null, kept.FromCache ? default : taken);
        }
        catch (GatewayException fault) when (fallback is not null && fault.Kind != ErrorKind.TimedOut)
        {
            return new CriteriaUsed(fallback, null, FallbackName, taken);
        }
        catch (UnreadableVerdictException unreadable)
        {
            throw new GatewayException(ErrorKind.JudgeUnreadable, unreadable.Message);
        }
    }
}

/// <summary>What an item is judged by.</summary>
/// <param name="Rubric">The criteria.</param>
/// <param name="Digest">The digest of the generated text; null where none was generated.</param>
/// <param name="Fallback">What took its place; null where nothing had to.</param>
/// <param name="Taken">What writing them took; nothing where they were there.</param>
internal sealed record CriteriaUsed(Rubric Rubric, string? Digest, string? Fallback, JudgeAnswer Taken);
