using Gateway.Core.Scoring;
using Microsoft.Extensions.AI;

namespace Gateway.Server.Upstream.Chat;

/// <summary>What a call asks for that <see cref="ChatOptions"/> has no word for; goes with them by <see cref="In"/>.</summary>
internal sealed record ChatAsk
{
    private const string Key = "gateway.ask";
    private static readonly ChatAsk Nothing = new();

    /// <summary>How many log-probabilities are wanted at each place of the reply; 0: only the chosen token's; null: none.</summary>
    public int? TopLogprobs { get; init; }

    /// <summary>Until when the caller waits; null leaves it to the cluster. A call under way ends with the caller's token, not with this.</summary>
    public Deadline? Deadline { get; init; }

    /// <summary>Who asks, such as a key or a request: limits are shared out evenly between these.</summary>
    public string Party { get; init; } = "";

    /// <summary>A text that calls have in common whose prompts begin alike after the first message; null: found from the messages.</summary>
    public string? SharedText { get; init; }

    /// <summary>What goes with these options; nothing where there is none.</summary>
    public static ChatAsk Of(ChatOptions? options) =>
        options?.AdditionalProperties?.TryGetValue(Key, out var ask) == true && ask is ChatAsk found ? found : Nothing;

    /// <summary>Puts this into options.</summary>
    public ChatOptions In(ChatOptions options)
    {
        (options.AdditionalProperties ??= [])[Key] = this;
        return options;
    }
}
