using System.Text;
using System.Text.Json;
using CsCheck;
using Gateway.Core.Judging;
using Gateway.Core.Judging.Verdicts;
using Gateway.Core.Judging.Verdicts.Probabilities;

namespace Gateway.Core.Tests.Judging.Verdicts;

/// <summary>No reply whatever ends in anything but a verdict that it states or an <see cref="UnreadableVerdictException"/>.</summary>
public sealed class HostileRepliesTests
{
    private const int TenMegabytes = 10_000_000;
    private const int Iterations = 3000;

    private static readonly string[] Ids = ["model-1", "model-2"];

    public static TheoryData<string> Parts =>
    [
        "{", "}", "[", "]", "{}", "\"", "\\", "'", ":", ",", " ", "\n", "\0", "\uFFFD", "a", "7", "{\"a\":", "{\"a\":[", "{\"a{\":", "{\"{\":\",\":\"", "[{\"a\":[{\"b\":[", "{\"score\": 4}", "{\"score\": 4} {\"score\": 5}",
        "{\"score\":", "{\"explanation\": \"", "\\u", "\\ud800", "```json\n", "[RESULT]", "[RESULT] 5\n", "[[", "]]", "[[A>>B]]", "<answer>", "</answer>", "<answer>[[A]]</answer>", "Final Decision: ", "Final Decision: Yes\n",
        "## Equivalence Judgement\n", "YES", "NO", "</think>", "<think>", "\n<think>", "<|channel|>final<|message|>", "<|end|>", "NaN", "1e999", "-", "-9999", "true", "null", "\"best-to-worst\": [", "\"model-1\"", "更好的回答", "４",
    ];

    // What is not linear in the text's length takes hours for these, not seconds.
    [Theory]
    [MemberData(nameof(Parts))]
    public void Read_TenMegabytesOfOnePart_Ends(string part)
    {
        var huge = string.Concat(Enumerable.Repeat(part, TenMegabytes / part.Length));

        ReadAll(huge, [huge[..^1]]);
        ReadAll("{\"explanation\": \"" + huge + "\", \"score\": 4}", []);
    }

    // An attribute and theory data cannot hold half a pair, so those are made here.
    [Fact]
    public void Read_AnyText_GivesAVerdictOrIsUnreadable()
    {
        var part = Gen.Frequency((1, Texts.Any), (1, Gen.Char.Select(one => one.ToString())), (3, Gen.OneOf(Parts.Select(row => row.Data).ToArray())));
        Gen.Select(part.Array[0, 14], part.Array[0, 3]).Sample((parts, judged) => ReadAll(string.Concat(parts), [string.Concat(judged)]), iter: Iterations);
    }

    [Fact]
    public void Read_AMutatedJsonVerdict_GivesOnlyWhatItStates() =>
        Mutated(score => $"Good. {{\"explanation\": \"says \\\"4\\\" {{x}} [1]\", \"score\": {score}}}").Sample(text =>
        {
            if (TryRead("r3-pointwise", text) is Verdict.Number number)
            {
                Assert.Equal([number.Score], StatedScores(VerdictText.Of(new JudgeReply(text))).Distinct());
            }
        }, iter: Iterations);

    [Fact]
    public void Read_AMutatedLabel_GivesOnlyWhatItStates() =>
        Mutated(score => $"Feedback: says 4 of 5. [RESULT] {score}").Sample(text =>
        {
            if (TryRead("prometheus-absolute", text) is Verdict.Number number)
            {
                var answer = VerdictText.Of(new JudgeReply(text));
                Assert.Matches($"\\[RESULT\\]\\s*{number.Score}[ \\t.*]*(\\n|\\r|$)", answer);
                Assert.DoesNotMatch($"\\[RESULT\\]\\s*[1-5-[{number.Score}]]\\s*$", answer);
            }
        }, iter: Iterations);

    [Fact]
    public void Read_AMutatedYesOrNo_GivesOnlyTheWholeWord() =>
        Mutated(score => score > 2 ? "YES" : "NO").Sample(text =>
        {
            if (TryRead("master-rm", text) is Verdict.Truth truth)
            {
                Assert.Equal(truth.IsTrue ? "YES" : "NO", VerdictText.Of(new JudgeReply(text)));
            }
        }, iter: Iterations);

    [Fact]
    public void Read_AnyLogProbabilities_GivesAFiniteValueOrIsUnreadable()
    {
        var number = Gen.OneOf(Gen.Double[-30, 0], Gen.Double, Gen.OneOf(-9999.0, 0.0, double.NaN, double.NegativeInfinity, double.PositiveInfinity, 1e-9, double.MinValue, double.MaxValue));
        var text = Gen.OneOf("Yes", " no", "1", "10", "0", "５", "", "\n", "▁", "</think>", "\uD800");
        var place = Gen.Select(text, number, Gen.Select(text, number).Array[0, 6], (chosen, log, others) => new TokenChoice(chosen, log, [.. others.Select(one => new TokenProbability(one.Item1, one.Item2))]));
        Gen.Select(place.Array[0, 4], Gen.Enum<JudgeStop>()).Sample((tokens, stop) =>
        {
            var reply = new JudgeReply("x") { Tokens = tokens, Stop = stop };
            Ends(() => Assert.InRange(YesNoReader.English.Read(reply).Probability, 0, 1));
            Ends(() => Assert.InRange(new DigitReader(1, 10).Read(reply).Mean, 1, 10));
        }, iter: Iterations);
    }

    // By the platform's own reader: the scores of whatever parses as a verdict from any opening brace to any closing one.
    private static IEnumerable<int> StatedScores(string reply)
    {
        // The platform's reader refuses half a surrogate pair.
        var text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(reply));
        for (var open = text.IndexOf('{'); open >= 0; open = text.IndexOf('{', open + 1))
        {
            for (var close = text.IndexOf('}', open); close >= 0; close = text.IndexOf('}', close + 1))
            {
                if (StatedScore(text[open..(close + 1)]) is { } score)
                {
                    yield return score;
                }
            }
        }
    }

    private static int? StatedScore(string json)
    {
        try
        {
            using var parsed = JsonDocument.Parse(json);
            return parsed.RootElement.TryGetProperty("explanation", out _) && parsed.RootElement.TryGetProperty("score", out var score)
                && score.ValueKind == JsonValueKind.Number && score.TryGetInt32(out var whole) ? whole : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // One to three characters or parts deleted, put in or exchanged.
    private static Gen<string> Mutated(Func<int, string> write)
    {
        var part = Gen.OneOf(Gen.OneOf(Parts.Select(row => row.Data).ToArray()), Gen.Char.Select(one => one.ToString()), Gen.Int[0, 9].Select(digit => digit.ToString()));
        var change = Gen.Select(Gen.Double[0, 1], Gen.Int[0, 2], part);
        return Gen.Select(Gen.Int[1, 5], change.Array[1, 3]).Select((score, changes) => changes.Aggregate(write(score), (text, one) =>
        {
            var at = (int)(one.Item1 * text.Length);
            var gone = one.Item2 == 0 ? 0 : Math.Min(one.Item2, text.Length - at);
            return text[..at] + (one.Item2 == 1 ? "" : one.Item3) + text[(at + gone)..];
        }));
    }

    private static Verdict? TryRead(string format, string text)
    {
        Verdict? verdict = null;
        Ends(() => verdict = VerdictFormats.Find(format)!.Read(new VerdictSource(VerdictText.Of(new JudgeReply(text)))));
        return verdict;
    }

    private static void ReadAll(string text, string[] judged)
    {
        Ends(() => VerdictText.Of(new JudgeReply(text), judged));
        Ends(() => PlainRefusal.Reading(new JudgeReply(text), _ => VerdictJson.Last(text, ["score"], judged).Whole("score", 1, 5)));
        foreach (var name in VerdictFormats.Names)
        {
            Ends(() => VerdictFormats.Find(name)!.Read(new VerdictSource(text) { Ids = Ids, Judged = judged }));
        }
    }

    private static void Ends(Action read)
    {
        try
        {
            read();
        }
        catch (UnreadableVerdictException fault)
        {
            Assert.NotEmpty(fault.Message);
        }
    }
}
