namespace Gateway.Core.Scoring;

/// <summary>One turn of a conversation. Roles are free text; a template says how it writes the ones it knows.</summary>
/// <param name="Role">Who speaks: <c>system</c>, <c>user</c>, <c>assistant</c>, <c>tool</c> or any other name.</param>
/// <param name="Content">What was said.</param>
public sealed record Message(string Role, Utf8Text Content)
{
    /// <summary>The role of the model being judged; its turns are untrusted.</summary>
    public const string Assistant = "assistant";

    /// <summary>The role of whoever asks.</summary>
    public const string User = "user";
}
