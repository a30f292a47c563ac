using System.Text;
using BenchmarkDotNet.Attributes;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Benchmarks;

/// <summary>What all hardening rules cost on one clean response of 2 KB, and on one of 400 bytes, which the learned reading reads whole, by script.</summary>
[MemoryDiagnoser]
[InProcess]
public class HardeningBenchmarks
{
    private const int Bytes = 2048;
    private const int ShortBytes = 400;

    private static readonly Dictionary<string, string> Words = new()
    {
        ["ascii"] = "the leaf turns light and water into sugar in several steps, while each part of the plant uses about a third of it for growth; then (see chapter 4) oxygen leaves through small pores at night or day",
        ["german"] = "das Blatt verwandelt Licht und Wasser über mehrere Stufen in Zucker, während jeder Teil der Pflanze etwa ein Drittel davon für das Wachstum benötigt; danach entweicht Sauerstoff",
        ["russian"] = "лист превращает свет и воду в сахар за несколько этапов, при этом каждая часть растения использует около трети его для роста; затем кислород выходит через поры",
        ["chinese"] = "叶子 分几步 把光和水 变成糖, 植物的 每个部分 大约用 三分之一 来生长; 然后 氧气 通过 小孔 离开",
        ["arabic"] = "تحول الورقة الضوء والماء إلى سكر في عدة مراحل بينما يستخدم كل جزء من النبات حوالي ثلثه للنمو ثم يخرج الأكسجين من المسام",
        ["hindi"] = "पत्ती प्रकाश और पानी को कई चरणों में चीनी में बदलती है जबकि पौधे का हर भाग उसका लगभग एक तिहाई वृद्धि में लगाता है",
        ["korean"] = "잎은 빛과 물을 여러 단계에 걸쳐 당으로 바꾸고 식물의 각 부분은 그 가운데 약 삼분의 일을 자라는 데 쓰며 그 뒤 산소는 작은 구멍으로 빠져나간다",
        ["thai"] = "ใบไม้ เปลี่ยนแสงและน้ำ ให้เป็นน้ำตาล ในหลายขั้น โดยแต่ละส่วนของพืช ใช้ประมาณหนึ่งในสาม เพื่อเติบโต จากนั้น ออกซิเจน ออกทางรูเล็ก",
    };

    private ScoreItem _item = null!;
    private ScoreItem _short = null!;
    private Hardener _hardener = null!;

    /// <summary>The script of the response.</summary>
    [Params("ascii", "german", "russian", "chinese", "arabic", "hindi", "korean", "thai")]
    public string Script { get; set; } = "";

    [GlobalSetup]
    public void SetUp()
    {
        var rules = typeof(IHardeningRule).Assembly.GetExportedTypes()
            .Where(type => type.IsClass && type.IsAssignableTo(typeof(IHardeningRule)))
            .Select(type => (IHardeningRule)Activator.CreateInstance(type)!);
        _hardener = new Hardener(rules, HardeningPolicy.Default, floor: 0);
        _item = Item(Bytes);
        _short = Item(ShortBytes);
        if (_hardener.Harden(_item, template: null).Findings.Count > 0)
        {
            throw new InvalidOperationException("The text is not clean.");
        }
    }

    /// <summary>The floor: one vectorised pass over the response's bytes that finds nothing.</summary>
    [Benchmark(Baseline = true)]
    public int OnePass() => ((ItemBody.Conversation)_item.Body).Responses[0].Span.IndexOf((byte)0);

    [Benchmark]
    public HardenedItem Harden() => _hardener.Harden(_item, template: null);

    [Benchmark]
    public HardenedItem HardenShort() => _hardener.Harden(_short, template: null);

    private ScoreItem Item(int bytes)
    {
        var words = Words[Script].Split(' ');
        var random = new Random(1);
        var text = new StringBuilder();
        while (Encoding.UTF8.GetByteCount(text.ToString()) < bytes)
        {
            text.Append(words[random.Next(words.Length)]).Append(' ');
        }

        return new ScoreItem(new ItemBody.Conversation(
            [new Message(Message.User, new Utf8Text("How does a leaf work? Explain it in a few sentences."))], [new Utf8Text(text.ToString())]));
    }
}
