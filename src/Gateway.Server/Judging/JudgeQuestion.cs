using System.Text.Json;
using Gateway.Core.Judging;
using Gateway.Core.Judging.Verdicts;
using Gateway.Core.Scoring;
using Gateway.Server.Upstream.Chat;
using Microsoft.Extensions.AI;

namespace Gateway.Server.Judging;

/// <summary>Asks a judge one question until its answer can be read, or cannot: an unreadable one is shown its fault as often as the manifest says.</summary>
internal sealed class JudgeQuestion(IChatClient chat, JudgeManifest manifest, JudgePrices prices)
{
    // What the judge is shown of its own unreadable reply.
    private const int LongestShown = 8_192;

    private readonly bool _priced = prices is { PromptPerMillion: > 0 } or { CompletionPerMillion: > 0 };

    /// <summary>The verdict of one call, and what it took.</summary>
    /// <param name="judged">The sample.</param>
    /// <param name="call">The call.</param>
    /// <param name="caller">Who asks and until when.</param>
    /// <param name="cancellation">The caller leaves.</param>
    /// <exception cref="GatewayException">There is no verdict; the kind says whether the judge could not be reached, declined, or said nothing readable.</exception>
    public async Task<JudgeAnswer> AskAsync(JudgeCase judged, JudgeCall call, JudgeCaller caller, CancellationToken cancellation)
    {
        var (verdict, taken) = await AskAsync(call, judged.Sample, caller, reply => manifest.Style.ReadVerdict(judged, call, reply), cancellation);
        return taken with { Verdict = verdict };
    }

    /// <summary>What is read from the answer to one call, and what it took.</summary>
    /// <exception cref="GatewayException">Nothing could be read.</exception>
    public async Task<(T Read, JudgeAnswer Taken)> AskAsync<T>(
        JudgeCall call, int sample, JudgeCaller caller, Func<JudgeReply, T> read, CancellationToken cancellation)
    {
        var messages = call.Messages.Select(message => new ChatMessage(new ChatRole(message.Role), message.Text)).ToList();
        var taken = default(JudgeAnswer);
        for (var repairs = 0; ; repairs++)
        {
            var ask = new ChatAsk { TopLogprobs = call.ReadsProbabilities ? manifest.Sampling.TopLogprobs : null, Deadline = caller.Deadline, Party = caller.Party };
            var response = await chat.GetResponseAsync(messages, ask.In(Options(sample, call)), cancellation);
            taken = taken.With(response, _priced ? prices : null);
            try
            {
                return (PlainRefusal.Reading(ReplyOf(response), read), taken);
            }
            catch (UnreadableVerdictException unreadable)
            {
                if (unreadable.Kind != ErrorKind.JudgeUnreadable || call.ReadsProbabilities || repairs >= manifest.Repairs)
                {
                    throw new GatewayException(unreadable.Kind, unreadable.Message);
                }

                messages.Add(new ChatMessage(ChatRole.Assistant, Shown(response.Text)));
                messages.Add(new ChatMessage(
                    ChatRole.User, $"That reply cannot be used. {unreadable.Message} Give your verdict once more, in the form that was asked for and with nothing after it."));
            }
        }
    }

    private ChatOptions Options(int sample, JudgeCall call)
    {
        var (temperature, topP, topK, seed, maxTokens, _) = manifest.Sampling;
        return new ChatOptions
        {
            Temperature = (float?)temperature,
            TopP = (float?)topP,
            TopK = topK,
            Seed = seed + sample,
            MaxOutputTokens = maxTokens,
            ResponseFormat = manifest.Chat.Structured != StructuredOutput.None && call.Schema is { } schema
                ? ChatResponseFormat.ForJsonSchema(JsonElement.Parse(schema), "verdict")
                : null,
        };
    }

    private static JudgeReply ReplyOf(ChatResponse response)
    {
        var facts = ChatFacts.Of(response);
        return new JudgeReply(response.Text)
        {
            Reasoning = facts.Reasoning,
            Refusal = facts.Refusal,
            Stop = facts.Filtered ? JudgeStop.Filtered : facts.HitLimit ? JudgeStop.Length : JudgeStop.Ended,
            // Behind a token of which the engine gave no probability nothing can be told.
            Tokens = [.. facts.Logprobs.TakeWhile(token => token.Logprob is not null).Select(token => new TokenChoice(
                token.Token,
                token.Logprob!.Value,
                [.. token.Top.Where(one => one.Logprob is not null).Select(one => new TokenProbability(one.Token, one.Logprob!.Value))]))],
        };
    }

    private static string Shown(string reply) => reply.Length == 0 ? "(nothing)"
        : reply.Length <= LongestShown ? reply
        : reply[..(char.IsHighSurrogate(reply[LongestShown - 1]) ? LongestShown - 1 : LongestShown)];
}

/// <summary>Who asks a judge.</summary>
/// <param name="Party">The request: turns go round among these.</param>
/// <param name="Deadline">Until when somebody waits; null: nobody said.</param>
internal sealed record JudgeCaller(string Party, Deadline? Deadline);
