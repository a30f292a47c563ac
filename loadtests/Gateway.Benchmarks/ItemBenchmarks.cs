using BenchmarkDotNet.Attributes;
using Gateway.Core.Hardening;
using Gateway.Core.Hardening.Rules;
using Gateway.Core.Scoring;
using Gateway.LoadTests;
using Gateway.LoadTests.Figures;
using Gateway.LoadTests.Workload;
using Gateway.Onnx.Text;

namespace Gateway.Benchmarks;

/// <summary>What the gateway does with one item before the graph runs, over the first items of the load tests' workload; times are per item.</summary>
[MemoryDiagnoser]
[InProcess]
public class ItemBenchmarks
{
    private const int Items = 256;

    private ScoreItem[] _items = [];
    private HardenedItem[] _hardened = [];
    private Hardener _hardener = null!;
    private ChatTemplate _template = null!;
    private TextEncoder _encoder = null!;

    [GlobalSetup]
    public void SetUp()
    {
        var folder = Path.Combine(RepositoryRoot.Find(), "models/rm-mini");
        var rules = WorkloadEncoder.RulesOf(folder);
        _template = rules.Template!;
        _encoder = new TextEncoder(rules);
        _hardener = new Hardener([new ControlTokenRule(), new ReplacementCharacterRule()]);
        _items = [.. WorkloadReader.Read(Path.Combine(folder, "eval"), Items).Select(item => new ScoreItem(WorkloadEncoder.BodyOf(item)))];
        _hardened = [.. _items.Select(item => _hardener.Harden(item, _template))];
    }

    [Benchmark(OperationsPerInvoke = Items)]
    public int Harden()
    {
        var findings = 0;
        foreach (var item in _items)
        {
            findings += _hardener.Harden(item, _template).Findings.Count;
        }

        return findings;
    }

    [Benchmark(OperationsPerInvoke = Items)]
    public ScoreKey Key()
    {
        ScoreKey key = default;
        foreach (var item in _hardened)
        {
            key = ScoreKey.Of(item, "revision");
        }

        return key;
    }

    [Benchmark(OperationsPerInvoke = Items)]
    public int Render()
    {
        var parts = 0;
        foreach (var item in _items)
        {
            var body = (ItemBody.Conversation)item.Body;
            parts += _template.Render(body.Prompt, body.Responses[0]).Parts.Count;
        }

        return parts;
    }

    [Benchmark(OperationsPerInvoke = Items)]
    public int RenderAndEncode()
    {
        var tokens = 0;
        foreach (var item in _hardened)
        {
            _encoder.Encode(item, 0);
            tokens += _encoder.Tokens.Length;
        }

        return tokens;
    }
}
