using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Client;

/// <summary>The body of <c>POST /v1/criteria</c>: either <c>items</c>, or the short form of one prompt.</summary>
public sealed record CriteriaCall
{
    /// <summary>The judge's name or alias; left out, the gateway's default model is asked.</summary>
    public string? Model { get; init; }

    /// <summary>The prompts, answered in this order.</summary>
    public IReadOnlyList<CriteriaCallItem>? Items { get; init; }

    /// <summary>Short form: the one prompt.</summary>
    public string? Prompt { get; init; }

    /// <summary>Short form: the turns before the response, in place of <c>prompt</c>.</summary>
    public IReadOnlyList<ChatMessage>? Messages { get; init; }

    /// <summary>Short form: what a judge is to value.</summary>
    public JsonElement? Principle { get; init; }

    /// <summary>How criteria are had.</summary>
    public CriteriaCallOptions? Options { get; init; }
}

/// <summary>One prompt, before anybody has seen a response to it.</summary>
public sealed record CriteriaCallItem
{
    /// <summary>The caller's name for the item, unique in the request and echoed in the reply.</summary>
    public string? Id { get; init; }

    /// <summary>The prompt as one user turn.</summary>
    public string? Prompt { get; init; }

    /// <summary>The turns before the response, in place of <c>prompt</c>.</summary>
    public IReadOnlyList<ChatMessage>? Messages { get; init; }

    /// <summary>What a judge is to value: the name of a principle, or <c>{"text": …, "rubric": …}</c>.</summary>
    public JsonElement? Principle { get; init; }
}

/// <summary>How criteria are had.</summary>
public sealed record CriteriaCallOptions
{
    /// <summary><c>use</c>: those that are stored, else new ones; <c>refresh</c>: new ones in their place; <c>off</c>: new ones for this call alone; <c>only</c>: those that are stored.</summary>
    public string? Cache { get; init; }

    /// <summary>Milliseconds until prompts without criteria fail with <c>timed_out</c>.</summary>
    [JsonPropertyName("timeout_ms")]
    public int? TimeoutMs { get; init; }
}
