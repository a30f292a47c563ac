using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Server.Tests;

/// <summary>The conversations of models/rm-mini/goldens.jsonl, scored by the training framework.</summary>
internal sealed record Golden(JsonArray Messages, string Response, string Text, double Score)
{
    private static readonly string[] ControlTokens = ["<|im_start|>", "<|im_end|>", "<|endoftext|>", "<s>", "</s>", "<unk>", "<pad>"];

    /// <summary>All of them that the native API takes and the model reads whole.</summary>
    public static IReadOnlyList<Golden> All { get; } = [.. File.ReadLines(RepositoryRoot.File("models/rm-mini/goldens.jsonl"))
        .Select(line => JsonNode.Parse(line)!)
        .Where(golden => golden["ids"]!.AsArray().Count <= 2_048 && golden["messages"]!.AsArray().Count > 0)
        .Select(golden => new Golden(
            golden["messages"]!.AsArray(), golden["response"]!.GetValue<string>(), golden["text"]!.GetValue<string>(), golden["score"]!.GetValue<double>()))];

    /// <summary>Those whose text says the same by every dialect: in text that went through a template the name of a control token is one.</summary>
    public static IReadOnlyList<Golden> Plain { get; } = [.. All.Where(golden =>
        !Array.Exists(ControlTokens, token => golden.Response.Contains(token, StringComparison.Ordinal)
            || golden.Messages.Any(turn => turn!["content"]!.GetValue<string>().Contains(token, StringComparison.Ordinal))))];

    /// <summary>The templated text without BOS, up to where the response begins.</summary>
    public string TemplatedPrompt => string.Concat(Messages.Select(turn => $"<|im_start|>{turn!["role"]}\n{turn["content"]}<|im_end|>\n")) + "<|im_start|>assistant\n";

    /// <summary>The item as the native API takes it.</summary>
    public JsonObject Item => new() { ["messages"] = Messages.DeepClone(), ["responses"] = new JsonArray(Response) };

    /// <summary>A JSON text of any value, for bodies.</summary>
    public static string Json(string text) => JsonSerializer.Serialize(text);
}
