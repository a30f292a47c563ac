using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateway.Server.Tests.Upstream;

namespace Gateway.Server.Tests.Judging;

/// <summary>
/// Damaged replies through a whole gateway: each ends in a number that the reply still states, or in a typed failure, and the next request is
/// served.
/// </summary>
public sealed partial class JudgeFuzzTests
{
    private const int Rounds = 200;
    private const int AtOnce = 8;

    private static readonly string[] Parts =
    [
        "{", "}", "[", "]", "{}", "\"", "\\", ":", ",", "\n", "\0", "\uFFFD", "\ud800", "7", "-", "0", ".5", "e9", "NaN", "1e999", "null", "true", "\"1\"", "four", "\\u", "```json\n",
        "{\"explanation\": \"x\", \"score\": 5}", "{\"explanation\": \"x\", \"better\": \"2\"}", "\"score\":", "\"scores\": {", "<think>", "</think>", "<|im_end|>", "I cannot judge this.", "YES", "NO",
    ];

    [Theory]
    [InlineData("rubric", false)]
    [InlineData("rubric", true)]
    [InlineData("pairwise", false)]
    [InlineData("pairwise", true)]
    [InlineData("listwise", false)]
    [InlineData("listwise", true)]
    [InlineData("verifier", false)]
    [InlineData("verifier", true)]
    public async Task Score_DamagedReplies_AreReadAsTheyStandOrFail(string style, bool onTheWire)
    {
        var sent = new ConcurrentDictionary<int, byte[]>();
        await using var judge = await JudgeGateway.StartAsync(
            JudgeGateway.Manifest(style == "pairwise" ? """{"kind": "pairwise", "orders": "one"}""" : $$"""{"kind": "{{style}}"}"""),
            (http, _) => AnswerAsync(http, style, onTheWire, sent));
        var (numbers, failures) = (0, 0);

        await Parallel.ForEachAsync(Enumerable.Range(0, Rounds), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken }, async (round, _) =>
        {
            var (status, reply) = await judge.ScoreAsync(Item(style, round));
            var wire = Encoding.UTF8.GetString(sent[round]);
            var scores = reply["results"]?[0]?["scores"]?.AsArray();
            Assert.True(scores is not null && status is 200 or 502, $"{status} {reply.ToJsonString()} for {wire}");
            Assert.All(scores!, score =>
            {
                if (score!["score"]?.GetValue<double>() is { } number)
                {
                    Interlocked.Increment(ref numbers);
                    Assert.True(StatedNumbers.Of(style, sent[round]).Contains(number), $"{number} for {wire}");
                }
                else
                {
                    Interlocked.Increment(ref failures);
                    Assert.Contains(score["error"]!["kind"]!.GetValue<string>(), (string[])["judge_unreadable", "judge_refused", "upstream_failed"]);
                }
            });

            // The next one is whole.
            Assert.Equal(200, (await judge.ScoreAsync(Item(style, -round - 1))).Status);
        });

        Assert.True(numbers > Rounds / 20 && failures > Rounds / 20, $"{numbers} numbers, {failures} failures");
    }

    // What a judge could write where its verdict stands; a reader that bends one of them to the scale gives a number that no reply states.
    private static readonly string[] Values =
    [
        "0", "6", "7", "9", "10", "45", "-1", "-4", "100", "4.0", "3.5", "4e0", "5e1", "\"4\"", "04", "+4", "2147483648", "99999999999999999999", "1e999", "null", "true", "[4]", "\"3\"", "\"0\"", "1", "2", "5",
    ];

    [GeneratedRegex("""(?<="(?:better|[a-z]{5})": )(?:[0-9]+|"[^"]*")""")]
    private static partial Regex VerdictValue { get; }

    [GeneratedRegex("item (-?[0-9]+) ")]
    private static partial Regex Round { get; }

    [GeneratedRegex("<<<([a-z]{5}) [0-9a-f]{16}\n")]
    private static partial Regex ListedName { get; }

    private static object Item(string style, int round) => new
    {
        items = new[]
        {
            new
            {
                prompt = "p",
                reference = style == "verifier" ? "the reference" : null,
                responses = (string[])(style is "rubric" or "verifier" ? [$"item {round} one"] : [$"item {round} one", $"item {round} other"]),
            },
        },
    };

    // Rounds below 0 are answered whole. A judge that is asked again says the same.
    private static Task AnswerAsync(HttpContext http, string style, bool onTheWire, ConcurrentDictionary<int, byte[]> sent)
    {
        var asked = JsonNode.Parse(SeenRequest.BodyOf(http))!["messages"]!.AsArray().First(turn => turn!["role"]!.GetValue<string>() == "user")!["content"]!.GetValue<string>();
        var round = int.Parse(Round.Match(asked).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var random = new Random(round);
        var content = Whole(style, asked, random);
        var reply = Encoding.UTF8.GetBytes(JudgeGateway.Reply(round < 0 || onTheWire ? content : Damaged(content, random)));
        sent[round] = reply = round < 0 || !onTheWire ? reply : Damaged(reply, random);
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = reply.Length;
        return http.Response.Body.WriteAsync(reply).AsTask();
    }

    private static string Whole(string style, string asked, Random random)
    {
        var names = ListedName.Matches(asked).Select(match => match.Groups[1].Value).ToArray();
        return style switch
        {
            "rubric" => $$"""It says "4". {"explanation": "says {x} [1]", "score": {{random.Next(1, 6)}}}""",
            "pairwise" => $$"""{"explanation": "1 or 2?", "better": "{{random.GetItems(["1", "2", "tie"], 1)[0]}}"}""",
            "listwise" => $$"""{"explanation": "both", "scores": {"{{names[0]}}": 4, "{{names[1]}}": 2}, "ranking": ["{{names[0]}}", "{{names[1]}}"]}""",
            _ => random.Next(2) == 0 ? "YES" : "NO",
        };
    }

    // One to three parts put in, exchanged or left out; of one reply in three the verdict alone, which is a digit or a word behind the last colon.
    private static string Damaged(string text, Random random)
    {
        if (random.Next(3) == 0)
        {
            return VerdictValue.Replace(text, _ => random.GetItems(Values, 1)[0], 1);
        }

        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(text.Length + 1);
            var gone = Math.Min(random.Next(3), text.Length - at);
            text = text[..at] + (random.Next(3) > 0 ? random.GetItems(Parts, 1)[0] : "") + text[(at + gone)..];
        }

        return text;
    }

    // One or two bytes exchanged, most of them for a printable one; one reply in four is cut.
    private static byte[] Damaged(byte[] reply, Random random)
    {
        for (var i = random.Next(1, 3); i > 0; i--)
        {
            reply[random.Next(reply.Length)] = (byte)(random.Next(4) > 0 ? random.Next(' ', '~' + 1) : random.Next(256));
        }

        return random.Next(4) == 0 ? reply[..random.Next(reply.Length)] : reply;
    }
}
