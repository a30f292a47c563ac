using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Client;

/// <summary>The body of <c>POST /v1/score</c>: either <c>items</c>, or the short form of one item with <c>response</c>.</summary>
public sealed record ScoreCall
{
    /// <summary>The model's name or alias; left out, the gateway's default model answers.</summary>
    public string? Model { get; init; }

    /// <summary>What to score, answered in this order.</summary>
    public IReadOnlyList<ScoreCallItem>? Items { get; init; }

    /// <summary>Short form: the prompt of the one item.</summary>
    public string? Prompt { get; init; }

    /// <summary>Short form: the turns before the response, in place of <c>prompt</c>.</summary>
    public IReadOnlyList<ChatMessage>? Messages { get; init; }

    /// <summary>Short form: the one response.</summary>
    public string? Response { get; init; }

    /// <summary>Short form: an answer known to be right, for judges that compare with one.</summary>
    public string? Reference { get; init; }

    /// <summary>Short form: what a judge is to value.</summary>
    public JsonElement? Principle { get; init; }

    /// <summary>Short form: what a judge goes by.</summary>
    public JsonElement? Rubric { get; init; }

    /// <summary>Short form: in place of <c>rubric</c>, a list of criteria.</summary>
    public JsonElement? Criteria { get; init; }

    /// <summary>How to score.</summary>
    public ScoreCallOptions? Options { get; init; }
}

/// <summary>One prompt and the responses to it.</summary>
public sealed record ScoreCallItem
{
    /// <summary>The caller's name for the item, unique in the request and echoed in the reply.</summary>
    public string? Id { get; init; }

    /// <summary>The prompt as one user turn.</summary>
    public string? Prompt { get; init; }

    /// <summary>The turns before the response, in place of <c>prompt</c>.</summary>
    public IReadOnlyList<ChatMessage>? Messages { get; init; }

    /// <summary>An answer known to be right, for judges that compare with one.</summary>
    public string? Reference { get; init; }

    /// <summary>What a judge is to value: the name of a principle, or <c>{"text": …, "rubric": …}</c>.</summary>
    public JsonElement? Principle { get; init; }

    /// <summary>What a judge goes by: the name of a principle whose rubric it is, or <c>{"scale": …, "criteria": […]}</c>.</summary>
    public JsonElement? Rubric { get; init; }

    /// <summary>In place of <c>rubric</c>: a list of criteria.</summary>
    public JsonElement? Criteria { get; init; }

    /// <summary>The responses to score, at least one; an empty response is scored.</summary>
    public required IReadOnlyList<string> Responses { get; init; }
}

/// <summary>One turn of a conversation.</summary>
/// <param name="Role"><c>system</c>, <c>user</c>, <c>assistant</c>, or any role that the model's chat template can write.</param>
/// <param name="Content">What was said.</param>
public sealed record ChatMessage(string Role, string Content);

/// <summary>How to score.</summary>
public sealed record ScoreCallOptions
{
    /// <summary>The hardening policy; <c>default</c> is the only one so far.</summary>
    public string? Hardening { get; init; }

    /// <summary><c>use</c>, <c>refresh</c>, <c>off</c> or <c>only</c>: whether stored scores may answer.</summary>
    public string? Cache { get; init; }

    /// <summary><c>all</c> or <c>circular</c>: which responses of an item a pairwise model compares; left out, every two up to 8 responses, else each with the next.</summary>
    public string? Pairing { get; init; }

    /// <summary><c>on</c> or <c>off</c>: whether responses are held against control answers; left out, as the model's settings say.</summary>
    public string? Controls { get; init; }

    /// <summary>True adds to each score where its time went, and how it did against control answers.</summary>
    public bool? Explain { get; init; }

    /// <summary>The training run that the responses come from, watched on its own; changes no score.</summary>
    public string? Run { get; init; }

    /// <summary>Milliseconds until items that are not scored fail with <c>timed_out</c>.</summary>
    [JsonPropertyName("timeout_ms")]
    public int? TimeoutMs { get; init; }
}
