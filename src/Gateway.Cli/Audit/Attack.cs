using System.Text.Json;

namespace Gateway.Cli.Audit;

/// <summary>One attack: a response that earns nothing.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Family">What it belongs to.</param>
/// <param name="Source">Where it is from.</param>
/// <param name="Response">The response, where <c>{wrong}</c> stands for a wrong answer and <c>{question}</c> for the question.</param>
internal sealed record Attack(string Id, string Family, string Source, string Response)
{
    /// <summary>The response to one question.</summary>
    public string To(AuditQuestion question) => Response.Replace("{wrong}", question.Wrong).Replace("{question}", question.Question);

    /// <summary>Reads a catalogue; one that is left out is the program's own.</summary>
    /// <exception cref="AuditException">It cannot be read.</exception>
    public static IReadOnlyList<Attack> Read(FileInfo? file)
    {
        var name = file?.Name ?? "the program's catalogue";
        using var reader = file is null ? new StreamReader(typeof(Attack).Assembly.GetManifestResourceStream("attacks.jsonl")!) : file.OpenText();
        var attacks = new List<Attack>();
        while (reader.ReadLine() is { } line)
        {
            try
            {
                attacks.Add(JsonSerializer.Deserialize(line, AuditJson.Default.Attack)!);
            }
            catch (JsonException e)
            {
                throw new AuditException($"Line {attacks.Count + 1} of {name} is no attack: {e.Message} Write {{\"id\", \"family\", \"source\", \"response\"}}.");
            }
        }

        var twice = attacks.GroupBy(attack => attack.Id, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        return twice is not null ? throw new AuditException($"Two attacks of {name} are named '{twice.Key}'; rename one.")
            : attacks.Count == 0 ? throw new AuditException($"There is no attack in {name}.")
            : attacks;
    }
}
