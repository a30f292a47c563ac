using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gateway.LoadTests.Workload;

/// <summary>Draws the one workload of all figures: pairs of the test splits committed with the model, each pair at most once.</summary>
internal static class WorkloadReader
{
    /// <summary>How many pairs the figures use.</summary>
    public const int DefaultCount = 2048;

    private static readonly string[] ControlTokens = ["<s>", "</s>", "<unk>", "<pad>", "<|im_start|>", "<|im_end|>"];

    /// <summary>
    /// The first <paramref name="count"/> pairs in the order of their seeded SHA-256: a uniform draw that any language can repeat. Pairs whose
    /// text spells a control token are left out, so that every route scores the same ids.
    /// </summary>
    /// <param name="folder">A folder of <c>*.jsonl.gz</c> with <c>prompt</c>, <c>chosen</c>, <c>rejected</c>.</param>
    /// <param name="count">How many to draw.</param>
    public static IReadOnlyList<WorkItem> Read(string folder, int count)
    {
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.jsonl.gz") : [];
        var items = files.Order(StringComparer.Ordinal).SelectMany(ReadFile)
            .Distinct()
            .Where(item => !ControlTokens.Any(token => item.Prompt.Contains(token, StringComparison.Ordinal) || item.Response.Contains(token, StringComparison.Ordinal)))
            .OrderBy(OrderOf, StringComparer.Ordinal)
            .Take(count)
            .ToArray();
        return items.Length == count
            ? items
            : throw new UsageException($"{folder} holds {items.Length} distinct pairs, {count} are asked for; give a smaller --items or another --data.");
    }

    private static string OrderOf(WorkItem item) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"first-figures\0{item.Prompt}\0{item.Response}")));

    private static IEnumerable<WorkItem> ReadFile(string path)
    {
        using var lines = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress), Encoding.UTF8);
        while (lines.ReadLine() is { } line)
        {
            using var row = JsonDocument.Parse(line);
            var prompt = row.RootElement.GetProperty("prompt").GetString()!;
            yield return new WorkItem(prompt, row.RootElement.GetProperty("chosen").GetString()!);
            yield return new WorkItem(prompt, row.RootElement.GetProperty("rejected").GetString()!);
        }
    }
}
