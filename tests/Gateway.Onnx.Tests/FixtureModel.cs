using System.Text.Json.Nodes;

namespace Gateway.Onnx.Tests;

/// <summary>A model folder of its own for one test, made from the fixtures; faults are put in by editing it.</summary>
internal sealed class FixtureModel : IDisposable
{
    private FixtureModel(string folder, JsonObject manifest)
    {
        Folder = folder;
        Manifest = manifest;
    }

    /// <summary>Where it is.</summary>
    public string Folder { get; }

    /// <summary>The manifest, to be edited before loading.</summary>
    public JsonObject Manifest { get; }

    /// <summary>Makes the folder of a good model, or of one fixture graph or tokenizer.</summary>
    public static FixtureModel Create(string graph = "good", string tokenizer = "bpe-bytes")
    {
        var folder = Directory.CreateTempSubdirectory("rm-fixture-").FullName;
        File.Copy(Path.Combine(Fixture.Folder, "graphs", graph + ".onnx"), Path.Combine(folder, "model.onnx"));
        File.Copy(Path.Combine(Fixture.Folder, "tokenizers", tokenizer + ".model"), Path.Combine(folder, "tokenizer.model"));
        return new FixtureModel(folder, JsonNode.Parse("""
            {
              "kind": "onnx", "description": "a fixture", "licence": "none", "graph": "model.onnx",
              "inputs": { "ids": "input_ids", "mask": "attention_mask" },
              "head": { "output": "logits", "labels": ["reward"] },
              "tokenizer": { "type": "sentencepiece", "file": "tokenizer.model", "vocabulary": 900 },
              "template": { "preset": "chatml" }, "bos": "<s>", "eos": null, "max_tokens": 256
            }
            """)!.AsObject());
    }

    /// <summary>Where a file of the folder is.</summary>
    public string PathOf(string file) => Path.Combine(Folder, file);

    /// <summary>Writes the manifest and gives the folder.</summary>
    public string Write()
    {
        File.WriteAllText(PathOf("model.json"), Manifest.ToJsonString());
        return Folder;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
