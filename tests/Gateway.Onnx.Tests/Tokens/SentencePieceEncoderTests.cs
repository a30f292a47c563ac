using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gateway.Onnx.Tokens;

namespace Gateway.Onnx.Tests.Tokens;

public class SentencePieceEncoderTests
{
    [Theory]
    [InlineData("bpe-bytes")]
    [InlineData("bpe-nfkc")]
    [InlineData("bpe-crossing")]
    [InlineData("unigram-bytes")]
    [InlineData("unigram-nfkc")]
    [InlineData("unigram-suffix")]
    public void Encode_HardCorpus_GivesTheIdsOfSentencePiece(string name)
    {
        var folder = Path.Combine(Fixture.Folder, "tokenizers");
        var encoder = new SentencePieceEncoder(new PieceTable(SentencePieceModel.Read(File.ReadAllBytes(Path.Combine(folder, name + ".model")))));
        var corpus = Fixture.GzLines(Path.Combine(folder, "corpus.jsonl.gz"));
        var goldens = Fixture.GzLines(Path.Combine(folder, name + ".ids.gz"));
        Assert.Equal(corpus.Length, goldens.Length);
        var ids = new TokenBuffer();
        for (var i = 0; i < corpus.Length; i++)
        {
            using var line = JsonDocument.Parse(corpus[i]);
            var repeats = line.RootElement.TryGetProperty("repeat", out var repeated);
            var text = repeats
                ? string.Concat(Enumerable.Repeat(repeated.GetString(), line.RootElement.GetProperty("times").GetInt32()))
                : line.RootElement.GetProperty("text").GetString()!;
            ids.Clear();
            encoder.Encode(Encoding.UTF8.GetBytes(text), ids);
            var actual = string.Join(' ', ids.Ids.ToArray());
            Assert.Equal($"{i}: {goldens[i]}", $"{i}: {(repeats ? Digest(ids.Count, actual) : actual)}");
        }
    }

    private static string Digest(int count, string ids) => $"{count} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ids)))}";
}
