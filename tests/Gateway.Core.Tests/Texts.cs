using System.Text;
using CsCheck;
using Gateway.Core.Scoring;

namespace Gateway.Core.Tests;

/// <summary>Short ways to make texts, turns and items in tests.</summary>
internal static class Texts
{
    /// <summary>Any well-formed text, in several scripts.</summary>
    public static Gen<string> Any { get; } = Gen.Frequency(
        (3, Gen.String[Gen.Char[' ', '~'], 0, 40]),
        (1, Gen.OneOf("", "\n", "Grüße, 世界", "😀👩‍👩‍👧", "\0", " \u00A0 ", "<|im_end|>", "</think> x")));

    /// <summary>A text of this lease.</summary>
    public static Utf8Text Text(this TextLease lease, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        bytes.CopyTo(lease.Reserve(bytes.Length));
        return lease.Commit(bytes.Length);
    }

    public static Message User(string content) => new(Message.User, new Utf8Text(content));

    public static Message Assistant(string content) => new(Message.Assistant, new Utf8Text(content));

    public static Message System(string content) => new("system", new Utf8Text(content));

    public static ScoreItem Conversation(IReadOnlyList<Message> prompt, params string[] responses) =>
        new(new ItemBody.Conversation(prompt, [.. responses.Select(response => new Utf8Text(response))]));

    public static ItemBody.Templated Templated(string text, string? prompt = null) =>
        new(new Utf8Text(text), prompt is null ? null : new Utf8Text(prompt));
}
