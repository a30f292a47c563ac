using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Gateway.Core.Tests;

/// <summary>One response that somebody gave in earnest.</summary>
/// <param name="Id">File, line and field.</param>
/// <param name="Prompt">What was asked.</param>
/// <param name="Response">The response.</param>
internal sealed record GenuineResponse(string Id, string Prompt, string Response);

/// <summary>Real responses of people and models, from the folder that <c>GATEWAY_DATA</c> names; they stay outside the checkout.</summary>
internal static class GenuineData
{
    /// <summary>The folder, or null.</summary>
    public static string? Folder { get; } = Environment.GetEnvironmentVariable("GATEWAY_DATA") is { Length: > 0 } folder ? folder : null;

    // Per set, the fields that hold prompts and responses; a dot looks into an object. Bare final answers are the shortest responses there are.
    private static readonly (string Set, string Prompt, string[] Responses)[] Sets =
    [
        .. ((string[])["hh-harmless", "hh-helpful", "ukp-convincing", "finegrained-qa", "gsm8k-solutions", "pandalm", "llmbar", "hhh-alignment", "evalbiasbench", "rm-bench-part"])
            .Select(set => (set, "prompt", (string[])["chosen", "rejected"])),
        ("gsm8k-train", "question", ["answer", "final"]),
        ("gsm8k-test", "question", ["answer", "final"]),
        ("gsm8k-model-solutions", "question", ["6b_finetuning.solution", "6b_verification.solution", "175b_finetuning.solution", "175b_verification.solution"]),
        ("math500", "problem", ["solution", "answer"]),
        ("pandalm-annotations", "instruction", ["response1", "response2"]),
        ("evouna-nq", "question", ["golden_answer", "answer_fid", "answer_gpt35", "answer_chatgpt", "answer_gpt4", "answer_newbing"]),
        ("judgebench-gpt4o", "question", ["response_A", "response_B"]),
    ];

    /// <summary>Every different pair of prompt and response.</summary>
    public static IEnumerable<GenuineResponse> Read(string folder) =>
        Sets.SelectMany(set => Read(folder, set.Set, set.Prompt, set.Responses)).DistinctBy(one => (one.Prompt, one.Response));

    private static IEnumerable<GenuineResponse> Read(string folder, string set, string prompt, string[] responses)
    {
        using var lines = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(folder, set + ".jsonl.gz")), CompressionMode.Decompress), Encoding.UTF8);
        for (var number = 1; lines.ReadLine() is { } line; number++)
        {
            using var row = JsonDocument.Parse(line);
            foreach (var field in responses)
            {
                var value = field.Split('.').Aggregate(row.RootElement, (element, step) => element.GetProperty(step));
                foreach (var text in value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToArray() : [value])
                {
                    // A few fields hold no text at all.
                    if (text.ValueKind == JsonValueKind.String)
                    {
                        yield return new GenuineResponse($"{set}:{number}:{field}", row.RootElement.GetProperty(prompt).GetString()!, text.GetString()!);
                    }
                }
            }
        }
    }
}
