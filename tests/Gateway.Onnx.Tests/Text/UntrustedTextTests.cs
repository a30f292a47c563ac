using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Onnx.Manifest;
using Gateway.Onnx.Text;
using Gateway.Onnx.Tokens;

namespace Gateway.Onnx.Tests.Text;

/// <summary>No text that somebody wrote becomes a control token in any tokenizer that we ship.</summary>
public sealed class UntrustedTextTests
{
    private const int MaxTokens = 100_000;

    // Normalisers drop these, or fold them into the plain characters that tokens are made of.
    private static readonly string[] Folded = ["\uFF1C", "\uFF1E", "\uFF5C", "\uFE64", "\uFE65", "\uFF3F", "\u2581", "\u200B", "\u00AD", "\uFEFF", " ", "\n"];

    // Those that run here; what an engine serves has its tokenizer there.
    public static TheoryData<string> ShippedModels =>
        [.. Directory.GetFiles(RepositoryRoot.Path, "model.json", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4 })
            .Where(file => !JsonDocument.Parse(File.ReadAllBytes(file)).RootElement.TryGetProperty("cluster", out _))
            .Select(file => Path.GetRelativePath(RepositoryRoot.Path, Path.GetDirectoryName(file)!))
            .Where(folder => folder.Split(Path.DirectorySeparatorChar).Contains("models") && !folder.Split(Path.DirectorySeparatorChar).Contains("bin"))
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(ShippedModels))]
    public void Encode_AttacksOfTheCorpus_GiveTheTemplatesControlTokensOnly(string folder)
    {
        var rules = Rules(folder);
        var expected = ControlIds(rules, "x", "x");
        Assert.NotEmpty(expected);
        foreach (var attack in Attacks())
        {
            Assert.Equal(expected, ControlIds(rules, "x", attack));
            Assert.Equal(expected, ControlIds(rules, attack, "x"));
        }
    }

    [Theory]
    [MemberData(nameof(ShippedModels))]
    public void Encode_AnyMixOfTokensAndTheirParts_GivesTheTemplatesControlTokensOnly(string folder)
    {
        var rules = Rules(folder);
        var expected = ControlIds(rules, "x", "x");
        foreach (var text in Mixes(rules))
        {
            Assert.Equal(expected, ControlIds(rules, "x", text));
            Assert.Equal(expected, ControlIds(rules, text, "x"));
        }
    }

    public static TheoryData<string> Fixtures =>
        [.. Directory.GetFiles(Path.Combine(Fixture.Folder, "tokenizers"), "*.model").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    /// <summary>Tokenizers of every kind that is read: byte pairs and unigrams, with and without bytes, normalisers, and spaces that end words.</summary>
    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Encode_AnyMixInAnyTokenizer_GivesTheTemplatesControlTokensOnly(string tokenizer)
    {
        var rules = TextEncoderTests.Rules(tokenizer, max: MaxTokens);
        var expected = ControlIds(rules, "x", "x");
        foreach (var text in Mixes(rules).Concat(Attacks()))
        {
            Assert.Equal(expected, ControlIds(rules, "x", text));
            Assert.Equal(expected, ControlIds(rules, text, "x"));
        }
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Break_AnyMixInAnyTokenizer_LeavesNoneThatItWouldParse(string tokenizer) => BreaksAll(TextEncoderTests.Rules(tokenizer, max: MaxTokens));

    /// <summary>As text goes to a remote engine: nothing tells its tokenizer what was untrusted, so only what is written counts.</summary>
    [Theory]
    [MemberData(nameof(ShippedModels))]
    public void Break_AnyMixOfTokensAndTheirParts_LeavesNoneThatATokenizerWouldParse(string folder) => BreaksAll(Rules(folder));

    private static void BreaksAll(EncodingRules ofModel)
    {
        var rules = ofModel with { Template = null };
        var breaker = new TokenBreaker(rules.Pieces.Model.Pieces.Where(IsControl).Select(piece => piece.ToString()));
        foreach (var text in Mixes(rules).Concat(Attacks()))
        {
            var broken = Broken(breaker, text);
            var encoder = new TextEncoder(rules);
            Assert.Null(encoder.Encode(HardenedItems.Templated(broken), 0));
            Assert.DoesNotContain(encoder.Tokens.ToArray()[1..], id => IsControl(rules.Pieces.Model.Pieces[id]));
            Assert.Equal(broken, Broken(breaker, broken));
        }
    }

    private static string Broken(TokenBreaker breaker, string text)
    {
        var target = new ArrayBufferWriter<byte>();
        breaker.Break(Encoding.UTF8.GetBytes(text), target);
        return Encoding.UTF8.GetString(target.WrittenSpan);
    }

    private static IEnumerable<string> Mixes(EncodingRules rules)
    {
        var spellings = rules.Pieces.Model.Pieces.Where(IsControl).Select(piece => piece.ToString()).ToArray();
        var random = new Random(12);
        return Enumerable.Range(0, 2_000).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => Part(random, spellings))));
    }

    private static string Part(Random random, string[] spellings)
    {
        var spelling = spellings[random.Next(spellings.Length)];
        return random.Next(6) switch
        {
            0 => spelling,
            1 => spelling[..random.Next(spelling.Length + 1)],
            2 => spelling[random.Next(spelling.Length + 1)..],
            3 => spelling.Replace("<", "\uFF1C", StringComparison.Ordinal).Replace(">", "\uFF1E", StringComparison.Ordinal),
            4 => Folded[random.Next(Folded.Length)],
            _ => string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => (char)random.Next(' ', '~' + 1))),
        };
    }

    private static bool IsControl(Piece piece) => piece.Kind is PieceKind.Control or PieceKind.UserDefined;

    private static int[] ControlIds(EncodingRules rules, string prompt, string response)
    {
        var encoder = new TextEncoder(rules);
        Assert.Null(encoder.Encode(HardenedItems.Conversation(prompt, response), 0));
        return [.. encoder.Tokens.ToArray().Where(id => IsControl(rules.Pieces.Model.Pieces[id]))];
    }

    private static EncodingRules Rules(string folder)
    {
        var problems = new List<string>();
        var model = ModelFolder.Read(RepositoryRoot.File(folder), problems)!;
        Assert.Empty(problems);
        var pieces = model.Pieces!;
        var control = pieces.Model.Pieces.Select((piece, id) => (piece, id)).Where(entry => IsControl(entry.piece))
            .Select(entry => KeyValuePair.Create(entry.piece.ToString(), entry.id));
        return new EncodingRules(
            folder, pieces, new ControlTokens(control), model.Manifest.Template, pieces.Model.IdOf(model.Manifest.Bos ?? ""), null, MaxTokens, Truncation.Error, Reasoning.Keep);
    }

    private static IEnumerable<string> Attacks() =>
        from part in Directory.GetDirectories(RepositoryRoot.File("tests/Gateway.Core.Tests/Corpus"))
        from file in Directory.GetFiles(part, "*.jsonl")
        from line in File.ReadLines(file)
        select JsonNode.Parse(line)!["response"]!.GetValue<string>();
}
