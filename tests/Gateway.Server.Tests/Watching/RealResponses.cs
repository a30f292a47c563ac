using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;

namespace Gateway.Server.Tests.Watching;

/// <summary>Real prompts and responses: the committed test splits of the sets that the embedded model learnt from.</summary>
internal static class RealResponses
{
    /// <summary>Sets of different kinds: talk, arguments, long answers, mathematics.</summary>
    public static readonly string[] Sets = ["hh-helpful", "hh-harmless", "ukp-convincing", "finegrained-qa", "gsm8k-solutions"];

    private static readonly ConcurrentDictionary<string, (string, string)[]> ReadSets = new(StringComparer.Ordinal);

    /// <summary>All responses of a set with their prompts, in the file's order.</summary>
    public static (string Prompt, string Response)[] Of(string set) => ReadSets.GetOrAdd(set, Read);

    private static (string, string)[] Read(string set)
    {
        using var file = File.OpenRead(RepositoryRoot.File($"models/rm-mini/eval/{set}.jsonl.gz"));
        using var lines = new StreamReader(new GZipStream(file, CompressionMode.Decompress), Encoding.UTF8);
        var all = new List<(string, string)>();
        while (lines.ReadLine() is { } line)
        {
            var pair = JsonNode.Parse(line)!;
            var prompt = pair["prompt"]!.GetValue<string>();
            all.Add((prompt, pair["chosen"]!.GetValue<string>()));
            all.Add((prompt, pair["rejected"]!.GetValue<string>()));
        }

        return [.. all];
    }
}
