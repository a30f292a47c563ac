using Gateway.Core.Scoring;

namespace Gateway.Core.Manifest;

/// <summary>Reads a manifest's <c>template</c>: a preset's name, or what is written around each role's turn.</summary>
public static class TemplateReader
{
    private const string Key = "template";

    private static readonly string[] TurnKeys = ["before", "after", "last"];

    /// <summary>The template; null where the manifest has none or a wrong one, which is reported.</summary>
    public static ChatTemplate? Read(ManifestObject root)
    {
        if (root.OptionalObject(Key, "preset", "roles", "other", "trim", "default_system", "stop_tokens") is not { } template)
        {
            return null;
        }

        if (template.OptionalText("preset") is not { } preset)
        {
            return Written(template);
        }

        if (template.Keys.Count() > 1)
        {
            root.Problem("'template' has a preset and other keys; a preset stands alone, so write either.");
        }

        var found = ChatTemplatePresets.Find(preset);
        if (found is null)
        {
            root.Problem($"'template.preset' is '{preset}', which is unknown; {Nearest.Hint(preset, ChatTemplatePresets.Names)}");
        }

        return found;
    }

    private static ChatTemplate? Written(ManifestObject template)
    {
        var roles = template.Object("roles");
        var other = template.OptionalObject("other", TurnKeys);
        var formats = roles.Keys.ToDictionary(role => role, role => Turn(roles.Object(role, TurnKeys)), StringComparer.Ordinal);
        try
        {
            return new ChatTemplate(
                formats,
                other is null ? null : Turn(other),
                template.Flag("trim"),
                template.OptionalText("default_system"),
                template.Texts("stop_tokens"));
        }
        catch (ArgumentException fault)
        {
            template.Problem($"'template.roles': {fault.Message}");
            return null;
        }
    }

    private static TurnFormat Turn(ManifestObject turn) => new(turn.Text("before"), turn.Text("after"), turn.OptionalText("last"));
}
