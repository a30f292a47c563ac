using System.Reflection;
using Gateway.Core.Judging.Verdicts;
using Gateway.Core.Manifest;

namespace Gateway.Core.Judging;

/// <summary>What a style is made from: the <c>style</c> of a judge's manifest, and the files beside it.</summary>
/// <param name="keys">The object.</param>
/// <param name="readFile">The text of a file of the judge's folder; null where it is not there.</param>
public sealed class StyleSource(ManifestObject keys, Func<string, string?> readFile)
{
    /// <summary>The keys that every style has.</summary>
    public static IReadOnlyList<string> CommonKeys { get; } = ["kind", "prompt", "verdict"];

    /// <summary>The values that every prompt may use.</summary>
    public static IReadOnlyList<string> CommonValues { get; } = ["prompt", "reference", "principle", "criteria", "context", "scale", "lowest", "highest"];

    /// <summary>The style's object in the manifest.</summary>
    public ManifestObject Keys { get; } = keys;

    /// <summary>The prompt: the file that <c>prompt</c> names, or the one that comes with the style.</summary>
    /// <param name="builtIn">The name of the one that comes with it.</param>
    /// <param name="values">The values of this style beyond those of all.</param>
    public JudgePrompt Prompt(string builtIn, params IReadOnlyList<string> values)
    {
        var named = Keys.OptionalText("prompt");
        var text = named is null ? BuiltIn(builtIn) : readFile(named);
        if (text is null)
        {
            Keys.Problem($"'style.prompt' is '{named}', and there is no such file of UTF-8 text beside model.json; put it there.");
            text = BuiltIn(builtIn);
        }

        var problems = new List<string>();
        var prompt = JudgePrompt.Read(text, [.. CommonValues, .. values], problems);
        problems.ForEach(problem => Keys.Problem($"{named ?? builtIn}: {problem}"));
        return prompt;
    }

    /// <summary>The format of a trained judge that <c>verdict</c> names; null for the format of the prompt that comes with the style.</summary>
    public IVerdictFormat? Format()
    {
        if (Keys.OptionalText("verdict") is not { } name)
        {
            return null;
        }

        if (VerdictFormats.Find(name) is { } format)
        {
            return format;
        }

        Keys.Problem($"'style.verdict' is '{name}'; {Nearest.Hint(name, [.. VerdictFormats.Names])}");
        return null;
    }

    /// <summary>A prompt that comes with the gateway and has no values of its own.</summary>
    internal static JudgePrompt BuiltInPrompt(string name)
    {
        var problems = new List<string>();
        var prompt = JudgePrompt.Read(BuiltIn(name), CommonValues, problems);
        return problems.Count == 0 ? prompt : throw new InvalidOperationException($"{problems[0]} This is a bug.");
    }

    private static string BuiltIn(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Gateway.Core.Judging.Prompts.{name}.txt")
            ?? throw new InvalidOperationException($"The prompt {name} is not built in. This is a bug.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
