using System.IO.Compression;
using System.Text.Json;

namespace Gateway.Cli.Audit;

/// <summary>One question with its reference, its worked answer, and another question's worked answer, which is wrong here.</summary>
internal sealed record AuditQuestion(string Question, string Reference, string Worked, string Wrong)
{
    /// <summary>Reads a set: the first <paramref name="limit"/> questions, all where it is 0.</summary>
    /// <exception cref="AuditException">It cannot be read, or holds no two questions with unlike answers.</exception>
    public static IReadOnlyList<AuditQuestion> Read(FileInfo file, int limit)
    {
        using var stream = file.OpenRead();
        using var plain = file.Name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : (Stream)stream;
        using var reader = new StreamReader(plain);
        var rows = new List<(string Question, string Reference, string Worked)>();
        while ((limit == 0 || rows.Count < limit) && reader.ReadLine() is { } line)
        {
            rows.Add(Row(line, rows.Count + 1, file.Name));
        }

        return [.. rows.Select((row, i) => new AuditQuestion(row.Question, row.Reference, row.Worked, Other(rows, i, file.Name)))];
    }

    private static string Other(List<(string Question, string Reference, string Worked)> rows, int at, string name)
    {
        for (var i = 1; i < rows.Count; i++)
        {
            var other = rows[(at + i) % rows.Count];
            if (other.Reference != rows[at].Reference)
            {
                return other.Worked;
            }
        }

        throw new AuditException($"{name} has no two questions with unlike answers; an audit needs them for wrong answers. Raise --limit, or give another set.");
    }

    private static (string Question, string Reference, string Worked) Row(string line, int number, string name)
    {
        try
        {
            using var row = JsonDocument.Parse(line);
            string? Text(string field) => row.RootElement.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            var question = Text("question") ?? Text("problem");
            var final = Text("final");
            var reference = final ?? Text("answer") ?? Text("golden_answer");
            if (question is null || reference is null)
            {
                throw new AuditException($"Line {number} of {name} has no question (question, problem) or no reference (final, answer, golden_answer).");
            }

            return (question, reference, (final is null ? Text("solution") : Text("answer")) ?? reference);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new AuditException($"Line {number} of {name} is no JSON object: {e.Message}");
        }
    }
}
