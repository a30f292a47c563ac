using System.Text.Json;
using System.Text.RegularExpressions;

namespace Gateway.Cli.Audit;

/// <summary>One attack: a response that earns nothing.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Family">What it belongs to.</param>
/// <param name="Source">Where it is from.</param>
/// <param name="Response">The response, where <c>{wrong}</c> stands for a wrong answer and <c>{question}</c> for the question.</param>
/// <param name="Times">How often the response is said.</param>
internal sealed record Attack(string Id, string Family, string Source, string Response, int Times = 1)
{
    /// <summary>The response to one question.</summary>
    public string To(AuditQuestion question) =>
        string.Concat(Enumerable.Repeat(Response, Times)).Replace("{wrong}", question.Wrong).Replace("{question}", question.Question);

    /// <summary>False where its own words, or those written around it, have the reference among them: it may be right there by chance, and says nothing.</summary>
    public bool IsWrongFor(AuditQuestion question, string around = "{attack}") =>
        question.Reference.Trim() is not { Length: > 0 } reference || !Regex.IsMatch(around.Replace("{attack}", Response), $@"(?<![\w.,])-?{Regex.Escape(reference)}(?![\w]|[.,]\d)", RegexOptions.IgnoreCase);

    /// <summary>Reads catalogues; where none is given, the program's own.</summary>
    /// <exception cref="AuditException">One cannot be read.</exception>
    public static IReadOnlyList<Attack> Read(IReadOnlyList<FileInfo> files)
    {
        IReadOnlyList<Attack> attacks = files.Count == 0
            ? Read(new StreamReader(typeof(Attack).Assembly.GetManifestResourceStream("attacks.jsonl")!), "the program's catalogue")
            : [.. files.SelectMany(file => Read(file.OpenText(), file.Name))];
        var twice = attacks.GroupBy(attack => attack.Id, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        return twice is null ? attacks : throw new AuditException($"Two attacks are named '{twice.Key}'; rename one.");
    }

    private static List<Attack> Read(StreamReader lines, string name)
    {
        using var reader = lines;
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

        return attacks.Count == 0 ? throw new AuditException($"There is no attack in {name}.") : attacks;
    }
}
