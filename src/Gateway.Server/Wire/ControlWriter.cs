using System.Text.Json;
using Gateway.Server.Scoring;

namespace Gateway.Server.Wire;

/// <summary>Writes how responses did against control answers; the public contract is <c>Gateway.Client.ControlsReply</c> and <c>ControlUsage</c>.</summary>
internal static class ControlWriter
{
    /// <summary>Writes the model's own score, where another is given, and what each control got, into a response's object.</summary>
    public static void Write(Utf8JsonWriter json, in ScoredResponse response)
    {
        if (response.Raw is { } raw)
        {
            json.WriteNumber("raw", raw);
        }

        if (response.Check is not { } check)
        {
            return;
        }

        json.WriteStartObject("controls");
        json.WriteString("outcome", check.Outcome.ToName());
        json.WriteString("set", check.Set);
        json.WriteNumber("margin", check.Margin);
        json.WriteStartArray("answers");
        foreach (var (answer, result, isCached) in check.Answers)
        {
            json.WriteStartObject();
            json.WriteString("answer", answer);
            if (result.Score is { } score)
            {
                json.WriteNumber("score", score.Value);
            }
            else
            {
                json.WriteNull("score");
            }

            json.WriteBoolean("cached", isCached);
            if (result.Failure is { } failure)
            {
                JudgementWriter.WriteError(json, failure);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes what controls took into the usage.</summary>
    public static void WriteUsage(Utf8JsonWriter json, ControlTotals totals)
    {
        var (scores, cached, failed, tokens, usage) = totals;
        json.WriteStartObject("controls");
        json.WriteNumber("scores", scores);
        json.WriteNumber("cached", cached);
        json.WriteNumber("failed", failed);
        json.WriteNumber("prompt_tokens", tokens);
        json.WriteNumber("judge_calls", usage.Calls);
        json.WriteEndObject();
    }
}
