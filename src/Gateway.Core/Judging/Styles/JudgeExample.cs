using System.Text.Json;
using Gateway.Core.Manifest;

namespace Gateway.Core.Judging.Styles;

/// <summary>An example of the manifest: what was judged, and what the judge is to say of it.</summary>
internal sealed record JudgeExample(string Prompt, string Response, string? Reference, string Reply)
{
    private const int Most = 32;

    /// <summary>The examples of a style; what is wrong with one is reported with its path.</summary>
    /// <param name="style">The style's object.</param>
    /// <param name="prompt">The style's prompt.</param>
    /// <param name="check">Reads a reply as the style does, and throws where it states no verdict.</param>
    public static IReadOnlyList<JudgeExample> Read(ManifestObject style, JudgePrompt prompt, Action<JudgeReply> check) =>
        [.. style.Objects("examples", Most, "prompt", "response", "reference", "reply").Select(example => One(example, prompt, check))];

    /// <summary>The example as turns of a chat: what the judge would be asked of it, and its reply.</summary>
    public IEnumerable<JudgeMessage> Turns(JudgePrompt prompt, JudgeCase judged) =>
    [
        .. prompt.Write(judged.Example(Prompt, Response, Reference).Values(0)).Where(message => message.Role != "system"),
        new JudgeMessage("assistant", judged.Trusted(Reply).Text),
    ];

    private static JudgeExample One(ManifestObject example, JudgePrompt prompt, Action<JudgeReply> check)
    {
        var reply = example.OptionalAny("reply") switch
        {
            { ValueKind: JsonValueKind.Object } verdict => verdict.GetRawText(),
            { ValueKind: JsonValueKind.String } text => text.GetString()!,
            _ => "",
        };
        var read = new JudgeExample(example.Text("prompt"), example.Text("response"), example.OptionalText("reference"), reply);
        if (read.Reference is null && prompt.Needs("reference"))
        {
            example.Problem($"the key '{example.Path}reference' is missing, and the prompt needs it; add it.");
        }

        try
        {
            check(new JudgeReply(reply));
        }
        catch (UnreadableVerdictException unreadable)
        {
            example.Problem($"'{example.Path}reply' is not what this judge is to reply: {unreadable.Message}");
        }

        return read;
    }
}
