using Gateway.Core.Scoring;
using Microsoft.Extensions.AI;

namespace Gateway.Server.Upstream.Chat;

/// <summary>What a reply says beside its text; of any chat client, with what that one gives.</summary>
internal sealed record ChatFacts
{
    private const string Key = "gateway.facts";

    /// <summary>What the model thought before its answer, where the engine tells it apart; null: it does not.</summary>
    public string? Reasoning { get; init; }

    /// <summary>With what words the model declined; null: it did not.</summary>
    public string? Refusal { get; init; }

    /// <summary>The reply's tokens with their log-probabilities; empty where none were asked for or given.</summary>
    public IReadOnlyList<TokenLogprob> Logprobs { get; init; } = [];

    /// <summary>True where the reply ends because its tokens were used up, not because it was finished.</summary>
    public bool HitLimit { get; init; }

    /// <summary>True where the engine's content filter took the reply, or a part of it, away.</summary>
    public bool Filtered { get; init; }

    /// <summary>True where the engine read less of the prompt than was sent, or forgot a part of it while it wrote.</summary>
    public bool PromptCut { get; init; }

    /// <summary>True where the reply has neither text nor reasoning nor log-probabilities.</summary>
    public bool IsEmpty { get; init; }

    /// <summary>Who answered.</summary>
    public string Destination { get; init; } = "";

    /// <summary>How long the call waited for a destination, and for attempts that failed.</summary>
    public TimeSpan Waited { get; init; }

    /// <summary>From sending to the reply's last byte.</summary>
    public TimeSpan UpstreamTime { get; init; }

    /// <summary>Why no verdict can be read from this reply, whatever its text; null: one may be in it.</summary>
    public Failure? Failure => this switch
    {
        { Filtered: true } => new Failure(ErrorKind.JudgeRefused, $"The content filter of {Who} took the judge's reply away; it will again."),
        { Refusal: not null } => new Failure(ErrorKind.JudgeRefused, $"The judge at {Who} declined to answer; it will again."),
        { PromptCut: true } => new Failure(ErrorKind.InputTooLong, $"The judge at {Who} read less than the whole prompt; shorten the text, or give the engine more context."),
        { IsEmpty: true, HitLimit: true } => new Failure(ErrorKind.JudgeUnreadable, $"The judge at {Who} used up its tokens before it said anything; allow it more."),
        { IsEmpty: true } => new Failure(ErrorKind.JudgeUnreadable, $"The judge at {Who} said nothing."),
        _ => null,
    };

    private string Who => Destination.Length > 0 ? Destination : "the provider";

    /// <summary>The facts of a reply.</summary>
    public static ChatFacts Of(ChatResponse response)
    {
        if (response.AdditionalProperties?.TryGetValue(Key, out var facts) == true && facts is ChatFacts found)
        {
            return found;
        }

        var reasoning = string.Concat(response.Messages.SelectMany(message => message.Contents).OfType<TextReasoningContent>().Select(part => part.Text));
        return new ChatFacts
        {
            Reasoning = reasoning.Length > 0 ? reasoning : null,
            HitLimit = response.FinishReason == ChatFinishReason.Length,
            Filtered = response.FinishReason == ChatFinishReason.ContentFilter,
            IsEmpty = string.IsNullOrWhiteSpace(response.Text) && string.IsNullOrWhiteSpace(reasoning),
        };
    }

    /// <summary>Puts these facts into a reply.</summary>
    public ChatResponse In(ChatResponse response)
    {
        (response.AdditionalProperties ??= [])[Key] = this;
        return response;
    }
}
