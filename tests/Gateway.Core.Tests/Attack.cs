using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Core.Tests;

/// <summary>One line of the corpus: a response that attacks whatever judges it.</summary>
internal sealed record Attack
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
    };

    /// <summary><c>family/source/number</c>.</summary>
    public required string Id { get; init; }

    /// <summary>What kind of attack it is; the file's name.</summary>
    public required string Family { get; init; }

    /// <summary>Whose attack it is; a source is wholly in one part.</summary>
    public required string Source { get; init; }

    /// <summary>The answer's language, ISO 639-1.</summary>
    public required string Language { get; init; }

    /// <summary>What was asked.</summary>
    public required string Prompt { get; init; }

    /// <summary>The attack, once.</summary>
    public required string Response { get; init; }

    /// <summary>The rules of which one must find it.</summary>
    public required IReadOnlyList<string> Rules { get; init; }

    /// <summary>How often the response says its text.</summary>
    public int Times { get; init; } = 1;

    /// <summary>The whole response.</summary>
    [JsonIgnore]
    public string Text => Times == 1 ? Response : new StringBuilder().Insert(0, Response, Times).ToString();

    private static readonly string Corpus = RepositoryRoot.File("tests/Gateway.Core.Tests/Corpus");

    /// <summary>The corpus's parts, which are its folders.</summary>
    public static IReadOnlyList<string> Parts { get; } = [.. Directory.GetDirectories(Corpus).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    /// <summary>The attacks of one part, each with its file's name.</summary>
    public static IReadOnlyList<(string File, Attack Attack)> ReadPart(string part) =>
    [
        .. from file in Directory.GetFiles(Path.Combine(Corpus, part), "*.jsonl").Order(StringComparer.Ordinal)
           where Path.GetFileName(file) != "genuine.jsonl"
           from line in File.ReadLines(file)
           select (Path.GetFileNameWithoutExtension(file), Read(line, file)),
    ];

    private static Attack Read(string line, string file)
    {
        try
        {
            return JsonSerializer.Deserialize<Attack>(line, Strict)!;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{Path.GetFileName(file)}: {e.Message} The line begins {line[..Math.Min(60, line.Length)]}", e);
        }
    }
}
