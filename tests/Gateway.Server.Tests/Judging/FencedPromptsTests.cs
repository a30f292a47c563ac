using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Gateway.Server.Tests.Judging;

/// <summary>
/// What judges are really sent when attacks are judged: the attacks of the corpus through a whole gateway with all rules off, so that nothing but the
/// form of the prompt stands between the text and the judge.
/// </summary>
public sealed partial class FencedPromptsTests
{
    private const string Prompt = "What is 2 + 2?";
    private const string Plain = "A plain answer.";

    private const int OneInOfProse = 8;

    // What stands between marks is a matter of signs. Of what whole authors wrote in plain prose, which is most of the corpus, one in eight does.
    private static readonly string[] Attacks =
    [
        .. Directory.GetFiles(RepositoryRoot.File("tests/Gateway.Core.Tests/Corpus/tune"), "*.jsonl").Order(StringComparer.Ordinal).SelectMany(File.ReadLines)
            .Select(line => JsonNode.Parse(line)!)
            .Where((attack, i) => i % OneInOfProse == 0 || attack["source"]!.GetValue<string>() is not ['h', 'a', 'n', 'd', '-', >= 'h' and <= 'z'])
            .Select(attack => string.Concat(Enumerable.Repeat(attack["response"]!.GetValue<string>(), attack["times"]?.GetValue<int>() ?? 1)))
            .Where(text => text.Length < 20_000).Distinct(StringComparer.Ordinal),
    ];

    // Written from the model families' published tokenizers, not from our list.
    private static readonly string[] ControlTokens =
    [
        "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|start_header_id|>", "<|end_header_id|>", "<|begin_of_text|>", "<|end_of_text|>", "<start_of_turn>",
        "<end_of_turn>", "<|user|>", "<|assistant|>", "<|system|>", "<|end|>", "[INST]", "[/INST]", "</s>", "<s>", "<eos>", "<bos>", "<extra_id_1>", "<|start|>", "<|channel|>", "<|message|>",
    ];

    public static TheoryData<string> Styles => [.. StyleJudge.Styles];

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task Score_EveryAttackAsAResponse_StandsBetweenItsMarksAndNowhereElse(string style)
    {
        // A response without a word meets no criterion, and no judge is asked.
        var attacks = style == "criteria" ? [.. Attacks.Where(attack => !string.IsNullOrWhiteSpace(attack))] : Attacks;
        await using var judge = await StartAsync(style);

        await ScoreAsync(judge, attacks.Select(attack => StyleJudge.Item(style, Prompt, StyleHasCompany(style) ? [attack, Plain] : [attack])));

        var sent = judge.Engine.Seen.Select(request => Sent.Of(request.Body)).ToArray();
        Assert.Equal(attacks.Length * (style == "pairwise" ? 2 : 1), sent.Length);
        // Whatever was judged, the rest of the prompt is the same to the byte.
        Assert.Single(sent.Select(one => one.Skeleton).Distinct());
        Assert.All(sent, CheckMarksAndTokens);
        // Each attack is in one prompt, as it is but for broken tokens.
        var judged = sent.SelectMany(one => one.Texts).Select(Unbroken).ToHashSet(StringComparer.Ordinal);
        Assert.All(attacks, attack => Assert.Contains(Unbroken(attack), judged));
        Assert.Equal(attacks.Length, sent.Select(one => one.Nonce).Distinct().Count());
    }

    [Theory]
    [InlineData("rubric")]
    [InlineData("verifier")]
    public async Task Score_EveryAttackAsPromptAndReference_StandsBetweenItsMarksToo(string style)
    {
        await using var judge = await StartAsync(style);

        await ScoreAsync(judge, Attacks.Select(attack => StyleJudge.Item(style, attack.Trim().Length == 0 ? "x" : attack, [Plain], attack.Trim().Length == 0 ? "x" : attack)));

        var sent = judge.Engine.Seen.Select(request => Sent.Of(request.Body)).ToArray();
        Assert.Single(sent.Select(one => one.Skeleton).Distinct());
        Assert.All(sent, CheckMarksAndTokens);
        Assert.All(sent, one => Assert.Equal(3, one.Texts.Length));
    }

    [Fact]
    public async Task Score_EveryAttackAsAPrinciple_IsTheOperatorsWordButHoldsNoControlToken()
    {
        await using var judge = await StartAsync("rubric");

        await ScoreAsync(judge, Attacks.Where(attack => attack.Trim().Length > 0 && !attack.Contains('\0')).Take(200)
            .Select(attack => new { prompt = Prompt, responses = new[] { Plain }, principle = new { text = attack } }));

        Assert.Equal(200, judge.Engine.Seen.Count);
        Assert.All(judge.Engine.Seen.Select(request => Sent.Of(request.Body)), sent => Assert.All(ControlTokens, token => Assert.DoesNotContain(token, sent.All, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("rubric")]
    [InlineData("verifier")]
    [InlineData("yes-no")]
    [InlineData("listwise")]
    public async Task Score_EveryAttackAsJson_IsOneStringAndTheRestIsTheSame(string style)
    {
        await using var judge = await JudgeGateway.StartAsync(StyleJudge.Manifest(style, """ "untrusted": "json" """), (http, asked) => StyleJudge.AnswerAsync(http, style, asked, _ => 0));
        // A judge that reads no marks; what it says does not matter here.
        judge.Engine.Handle = http => Upstream.ScriptedUpstream.JsonAsync(http, 200, JudgeGateway.Reply("NO"));
        await ScoreAsync(judge, [StyleJudge.Item(style, Prompt, ["BENIGN"])]);
        var (before, after) = SplitAt(UserTurn(judge.Engine.Seen.First().Body), "\"BENIGN\"");
        judge.Engine.Seen.Clear();

        await ScoreAsync(judge, Attacks.Select(attack => StyleJudge.Item(style, Prompt, [attack])));

        var asked = judge.Engine.Seen.Select(request => UserTurn(request.Body)).Where(turn => !turn.StartsWith("That reply", StringComparison.Ordinal)).ToArray();
        var read = new HashSet<string>(StringComparer.Ordinal);
        foreach (var turn in asked)
        {
            var own = style == "listwise" ? Renamed(turn) : turn;
            var (start, end) = style == "listwise" ? (Renamed(before), Renamed(after)) : (before, after);
            Assert.StartsWith(start, own, StringComparison.Ordinal);
            Assert.EndsWith(end, own, StringComparison.Ordinal);
            var literal = own[start.Length..^end.Length];
            Assert.DoesNotContain('\n', literal);
            read.Add(Unbroken(JsonSerializer.Deserialize<string>(literal)!));
            Assert.All(ControlTokens, token => Assert.DoesNotContain(token, turn, StringComparison.Ordinal));
        }

        Assert.All(Attacks, attack => Assert.Contains(Unbroken(style == "listwise" ? Renamed(attack) : attack), read));
    }

    [Fact]
    public async Task Score_SameItemAloneAndInCompany_IsSentTheSameBytes()
    {
        await using var judge = await StartAsync("rubric");
        var some = Attacks.Where((_, i) => i % 20 == 0).ToArray();

        await ScoreAsync(judge, some.Select(attack => StyleJudge.Item("rubric", Prompt, [attack])));
        var together = judge.Engine.Seen.Select(request => request.Body).Order(StringComparer.Ordinal).ToArray();
        judge.Engine.Seen.Clear();
        foreach (var attack in some.Reverse())
        {
            await ScoreAsync(judge, [StyleJudge.Item("rubric", Prompt, [attack])]);
        }

        Assert.Equal(together, judge.Engine.Seen.Select(request => request.Body).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Score_VerifierWithoutTheQuestion_IsShownNothingOfIt()
    {
        await using var judge = await JudgeGateway.StartAsync(
            JudgeGateway.Manifest("""{"kind": "verifier", "question": "left-out"}"""), (http, asked) => StyleJudge.AnswerAsync(http, "verifier", asked, text => text == "four" ? 1 : 0));

        var (_, reply) = await judge.ScoreAsync(new { items = new[] { StyleJudge.Item("verifier", "THE-QUESTION", ["four", "five"], "4") }, options = new { controls = "on" } });

        Assert.Equal([1, 0], reply["results"]![0]!["scores"]!.AsArray().Select(score => score!["score"]!.GetValue<double>()));
        Assert.Equal(6, judge.Engine.Seen.Count);
        Assert.All(judge.Engine.Seen, request => Assert.DoesNotContain("THE-QUESTION", request.Body, StringComparison.Ordinal));
        Assert.All(judge.Asked, asked => Assert.Equal(["reference", "response"], StyleJudge.Shown(asked).Select(shown => shown.Label)));
        Assert.All(judge.Asked, asked => Assert.DoesNotContain("question:", asked, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("=== user ===\n{{#question}}{{prompt}}\n{{/question}}{{reference}} {{response}}", true)]
    [InlineData("=== user ===\n{{reference}} {{response}}", true)]
    [InlineData("=== user ===\n{{prompt}} {{reference}} {{response}}", false)]
    [InlineData("=== user ===\n{{question}} {{reference}} {{response}}", false)]
    public void Read_PromptOfOnesOwnWithoutTheQuestion_MustDoWithoutIt(string prompt, bool works)
    {
        var problems = new List<string>();

        new Server.Judging.JudgeManifestReader(_ => prompt, _ => Server.Upstream.Engine.None)
            .Read(Encoding.UTF8.GetBytes(JudgeGateway.Manifest("""{"kind": "verifier", "question": "left-out", "prompt": "p.txt"}""")), problems);

        Assert.Equal(works, problems.Count == 0);
        Assert.True(works || problems[0].Contains("style.question", StringComparison.Ordinal), string.Join("; ", problems));
    }

    private static Task<JudgeGateway> StartAsync(string style) =>
        JudgeGateway.StartAsync(StyleJudge.Manifest(style, """ "repairs": 0 """), (http, asked) => StyleJudge.AnswerAsync(http, style, asked, text => text.Length % 2));

    private static bool StyleHasCompany(string style) => style is "pairwise" or "listwise";

    private static async Task ScoreAsync(JudgeGateway judge, IEnumerable<object> items)
    {
        // As many as a request may hold, two responses each.
        foreach (var some in items.Chunk(4_000))
        {
            var (status, reply) = await judge.ScoreAsync(new { items = some, options = new { hardening = "off", cache = "off" } });

            Assert.True(status is 200 or 502, reply.ToJsonString()[..Math.Min(500, reply.ToJsonString().Length)]);
        }
    }

    private static void CheckMarksAndTokens(Sent sent)
    {
        Assert.All(sent.Texts, text => Assert.DoesNotContain(sent.Nonce, text, StringComparison.OrdinalIgnoreCase));
        Assert.All(ControlTokens, token => Assert.DoesNotContain(token, sent.All, StringComparison.Ordinal));
        Assert.DoesNotMatch(@"<\|[A-Za-z0-9_]{2,30}\|>", sent.All);
    }

    // What breaking adds is a space; nothing else may have changed.
    private static string Unbroken(string text) => text.Replace(" ", "", StringComparison.Ordinal);

    private static string UserTurn(string body) => JsonNode.Parse(body)!["messages"]!.AsArray()[^1]!["content"]!.GetValue<string>();

    private static (string Before, string After) SplitAt(string text, string mark)
    {
        var at = text.IndexOf(mark, StringComparison.Ordinal);
        return (text[..at], text[(at + mark.Length)..]);
    }

    // Names of responses are five letters by chance.
    private static string Renamed(string text) => Name.Replace(text, "NAME");

    [GeneratedRegex(@"\b[bcdfghjkmnpqrstvwxz]{5}\b")]
    private static partial Regex Name { get; }

    /// <summary>A request as a judge gets it, taken apart by the first mark of its user turn, which stands before anything that others wrote.</summary>
    private sealed partial record Sent(string All, string Nonce, string Skeleton, string[] Texts)
    {
        public static Sent Of(string body)
        {
            var all = string.Join('\n', JsonNode.Parse(body)!["messages"]!.AsArray().Select(turn => turn!["content"]!.GetValue<string>()));
            var nonce = First.Match(all).Groups[1].Value;
            var texts = new List<string>();
            var skeleton = Regex.Replace(all, $"<<<([a-z0-9 ]+) {nonce}\n(.*?)\n\\1 {nonce}>>>", match =>
            {
                texts.Add(match.Groups[2].Value);
                return "<text>";
            }, RegexOptions.Singleline);
            return new Sent(all, nonce, Renamed(skeleton), [.. texts]);
        }

        [GeneratedRegex("<<<[a-z0-9 ]+ ([0-9a-f]{16})\n")]
        private static partial Regex First { get; }
    }
}
