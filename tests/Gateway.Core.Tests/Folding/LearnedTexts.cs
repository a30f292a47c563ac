using System.Text;
using System.Text.Json;
using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Tests.Folding;

/// <summary>Writes what the learned reading is trained on, folded as the gateway folds it: run it by name before <c>Hardening/Learned/train.py</c>.</summary>
public sealed class LearnedTexts
{
    private const int MostOfAFile = 1000;

    private static readonly string[] Parts = ["tune", "held-out", "seen", "seen-b", "seen-c", "seen-d"];

    /// <summary>Needs <c>LEARNED_TEXTS</c>, the file to be written, and reads further honest texts from the folder <c>LEARNED_MORE</c>, where it is set.</summary>
    [Fact(Explicit = true)]
    public void Texts_OfTheCorpusAndOfRealResponses_AreWrittenFolded()
    {
        Assert.SkipWhen(GenuineData.Folder is null, "GATEWAY_DATA is unset; name the folder of real responses (*.jsonl.gz).");
        using var file = new StreamWriter(Environment.GetEnvironmentVariable("LEARNED_TEXTS") ?? throw new InvalidOperationException("Set LEARNED_TEXTS."));
        foreach (var (part, attack) in Parts.SelectMany(part => Attack.ReadPart(part).Select(line => (part, line.Attack))))
        {
            Write(file, new Text(part, attack.Id, attack.Language, attack.Prompt, attack.Text, attack.Rules));
        }

        foreach (var text in HardCases().Concat(GenuineData.Read(GenuineData.Folder!).Select(one => new Text("real", one.Id, "en", one.Prompt, one.Response))).Concat(More()))
        {
            Write(file, text);
        }
    }

    private static IEnumerable<Text> HardCases() =>
        from path in (string[])["genuine.jsonl", "genuine-multilingual.jsonl", .. Parts.Select(part => $"{part}/genuine.jsonl")]
        let file = RepositoryRoot.File($"tests/Gateway.Core.Tests/Corpus/{path}")
        where File.Exists(file)
        from line in File.ReadLines(file)
        let row = JsonDocument.Parse(line).RootElement
        select new Text("genuine", row.GetProperty("id").GetString()!, row.GetProperty("language").GetString()!, row.GetProperty("prompt").GetString()!, row.GetProperty("response").GetString()!);

    // language-name.jsonl
    private static IEnumerable<Text> More()
    {
        if (Environment.GetEnvironmentVariable("LEARNED_MORE") is not { Length: > 0 } folder)
        {
            yield break;
        }

        foreach (var path in Directory.GetFiles(folder, "*.jsonl").Order(StringComparer.Ordinal))
        {
            var (lines, name) = (File.ReadAllLines(path), Path.GetFileNameWithoutExtension(path));
            for (var number = 0; number < Math.Min(lines.Length, MostOfAFile); number++)
            {
                var at = (int)((long)number * lines.Length / Math.Min(lines.Length, MostOfAFile));
                using var row = JsonDocument.Parse(lines[at]);
                if (row.RootElement.GetProperty("response").GetString() is { } response)
                {
                    yield return new Text("more", $"{name}:{at + 1}", name[..name.IndexOf('-', StringComparison.Ordinal)], row.RootElement.GetProperty("prompt").GetString() ?? "", response);
                }
            }
        }
    }

    private static void Write(StreamWriter file, Text text)
    {
        var findings = DefaultPolicy.Findings(text.Prompt, text.Response).Where(finding => finding.Field == "response").ToArray();
        var prompt = Convert.ToBase64String(FoldingMemory.Outer.Fold(LearnedRelation.End(Encoding.UTF8.GetBytes(text.Prompt)), Lexicon.Terms).Bytes);
        var folded = FoldingMemory.Outer.Fold(Encoding.UTF8.GetBytes(text.Response), Lexicon.Terms);
        file.WriteLine(JsonSerializer.Serialize(new
        {
            part = text.Part,
            id = text.Id,
            language = text.Language,
            rules = text.Rules ?? [],
            prompt,
            folded = Convert.ToBase64String(folded.Bytes),
            terms = folded.Terms.ToArray().Select(hit => (int[])[hit.At, hit.End, (int)hit.Class]),
            openers = Openers(folded.Bytes),
            findings = findings.Select(finding => (string[])[finding.Rule, finding.Action.ToString(), finding.Detail]),
        }));
    }

    private static List<int[]> Openers(ReadOnlySpan<byte> folded)
    {
        var found = new List<int[]>();
        for (var at = 0; at < folded.Length && folded.Length <= LearnedReading.Longest;)
        {
            if (!Term.IsWord(folded[at]))
            {
                at++;
            }
            else if (Lexicon.Openers.LongestAt(folded, at, out var end) is { } term)
            {
                found.Add([at, end, (int)term.Meaning]);
                at = end;
            }
            else
            {
                at = Promise.WordEnd(folded, at);
            }
        }

        return found;
    }

    private sealed record Text(string Part, string Id, string Language, string Prompt, string Response, IReadOnlyList<string>? Rules = null);
}
