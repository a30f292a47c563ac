using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Server.Tests.Upstream;

namespace Gateway.Server.Tests.Judging;

/// <summary>What a judge of each style answers, given what it holds a response to be worth, from 0 to 1.</summary>
internal static partial class StyleJudge
{
    /// <summary>Every style, those that compare last.</summary>
    public static readonly string[] Styles = ["rubric", "binary", "verifier", "criteria", "yes-no", "digits", "listwise", "pairwise"];

    /// <summary>The manifest of a judge of this style.</summary>
    public static string Manifest(string style, string more = "") => JudgeGateway.Manifest($$"""{"kind": "{{style}}"}""", more);

    /// <summary>An item for that style, with what it needs besides.</summary>
    public static object Item(string style, string prompt, string[] responses, string? reference = null) => style switch
    {
        "verifier" => new { prompt, responses, reference = reference ?? "the reference" },
        "criteria" => new { prompt, responses, reference, criteria = new[] { new { name = "right", question = "Is it right?" } } },
        _ => new { prompt, responses, reference },
    };

    /// <summary>The texts between marks in a prompt, each with its label.</summary>
    public static (string Label, string Text)[] Shown(string asked) =>
        [.. Fence.Matches(asked).Select(match => (match.Groups["label"].Value, match.Groups["text"].Value))];

    /// <summary>The responses that a prompt shows.</summary>
    public static (string Label, string Text)[] Responses(string asked) => [.. Shown(asked).Where(shown => shown.Label is not ("prompt" or "reference"))];

    /// <summary>Answers as a judge of the style does.</summary>
    public static Task AnswerAsync(HttpContext http, string style, string asked, Func<string, double> worth)
    {
        var shown = Responses(asked).Select(one => (one.Label, Worth: worth(one.Text))).ToArray();
        return style switch
        {
            "yes-no" => ScriptedUpstream.JsonAsync(http, 200, Tokens(("Yes", shown[0].Worth), ("No", 1 - shown[0].Worth))),
            "digits" => ScriptedUpstream.JsonAsync(http, 200, Tokens((Number(shown[0].Worth), 1))),
            _ => ScriptedUpstream.JsonAsync(http, 200, JudgeGateway.Reply(Text(style, shown))),
        };
    }

    private static string Text(string style, (string Label, double Worth)[] shown) => style switch
    {
        "rubric" => $$"""{"explanation": "x", "score": {{Number(shown[0].Worth)}}}""",
        "binary" => $$"""{"explanation": "x", "met": {{(shown[0].Worth > 0.5 ? "true" : "false")}}}""",
        "verifier" => shown[0].Worth > 0.5 ? "YES" : "NO",
        "criteria" => $$"""{"why right": "x", "right": "{{(shown[0].Worth > 0.5 ? "yes" : "no")}}"}""",
        "pairwise" => $$"""{"explanation": "x", "better": "{{(shown[0].Worth == shown[1].Worth ? "tie" : shown[0].Worth > shown[1].Worth ? "1" : "2")}}"}""",
        _ => $$"""
            {"explanation": "x", "scores": {{{string.Join(", ", shown.Select(one => $"\"{one.Label}\": {Number(one.Worth)}"))}}}, "ranking": [{{string.Join(", ", shown.OrderByDescending(one => one.Worth).Select(one => $"\"{one.Label}\""))}}]}
            """,
    };

    private static string Number(double worth) => Math.Round(1 + (4 * worth)).ToString(CultureInfo.InvariantCulture);

    private static string Tokens(params (string Token, double Probability)[] tokens)
    {
        var top = tokens.OrderByDescending(token => token.Probability).Select(token => new { token = token.Token, logprob = Math.Log(Math.Max(token.Probability, 1e-6)) }).ToArray();
        return JsonSerializer.Serialize(new
        {
            id = "chatcmpl-1",
            @object = "chat.completion",
            created = 1,
            model = "m",
            choices = new[]
            {
                new
                {
                    index = 0,
                    message = new { role = "assistant", content = top[0].token },
                    logprobs = new { content = new[] { new { top[0].token, top[0].logprob, top_logprobs = top } } },
                    finish_reason = "stop",
                },
            },
            usage = new { prompt_tokens = 100, completion_tokens = 1, total_tokens = 101 },
        });
    }

    [GeneratedRegex("<<<(?<label>[a-z0-9 ]+) (?<nonce>[0-9a-f]{16})\n(?<text>.*?)\n\\k<label> \\k<nonce>>>>", RegexOptions.Singleline)]
    private static partial Regex Fence { get; }
}
