using System.Text.Json;
using Gateway.Core.Scoring;

namespace Gateway.Server.Wire;

/// <summary>Writes how judges came to scores; the public contract is <c>Gateway.Client.ResponseScore</c> and <c>ComparisonReply</c>.</summary>
internal static class JudgementWriter
{
    /// <summary>Writes the fields of a judged response into its object.</summary>
    public static void Write(Utf8JsonWriter json, Judgement judgement, string? undecided)
    {
        var (critique, components, samples, missing, agreement, spread, digest, fallback, note, usage, jury) = judgement;
        json.WriteStartArray("components");
        foreach (var (name, value, weight, words) in components)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteNumber("value", value);
            Write(json, "weight", weight);
            Write(json, "critique", words);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("critique", critique);
        json.WriteStartObject("judgement");
        json.WriteNumber("samples", samples);
        json.WriteNumber("missing", missing);
        Write(json, "agreement", agreement);
        Write(json, "spread", spread);
        Write(json, "criteria_digest", digest);
        Write(json, "fallback", fallback);
        Write(json, "note", undecided ?? note);
        WriteUsage(json, usage);
        json.WriteEndObject();
        if (jury is not null)
        {
            JuryWriter.Write(json, jury);
        }
    }

    /// <summary>Writes an item's comparisons.</summary>
    public static void WriteComparisons(Utf8JsonWriter json, IReadOnlyList<Comparison> comparisons)
    {
        json.WriteStartArray("comparisons");
        foreach (var comparison in comparisons)
        {
            var (a, b, ofA) = comparison;
            json.WriteStartObject();
            json.WriteNumber("a", a);
            json.WriteNumber("b", b);
            json.WriteString("verdict", comparison.Verdict?.ToString().ToLowerInvariant());
            Write(json, "agreement", ofA.Judgement?.Agreement);
            Write(json, "critique", ofA.Judgement?.Critique);
            Write(json, "note", ofA.Undecided?.Why ?? ofA.Judgement?.Note);
            if (ofA.Failure is { } failure)
            {
                WriteError(json, failure);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Writes what judges took into the object that is open.</summary>
    public static void WriteUsage(Utf8JsonWriter json, JudgeUsage usage)
    {
        var (calls, prompt, completion, cost) = usage;
        json.WriteNumber("judge_calls", calls);
        json.WriteNumber("judge_prompt_tokens", prompt);
        json.WriteNumber("judge_completion_tokens", completion);
        Write(json, "cost", cost);
    }

    /// <summary>Writes why there is no score.</summary>
    public static void WriteError(Utf8JsonWriter json, Failure failure)
    {
        json.WriteStartObject("error");
        json.WriteString("kind", failure.Kind.Traits().Name);
        json.WriteString("message", failure.Message);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    private static void Write(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, known);
        }
    }
}
