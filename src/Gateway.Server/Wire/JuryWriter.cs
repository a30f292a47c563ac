using System.Text.Json;
using Gateway.Core.Aggregation;

namespace Gateway.Server.Wire;

/// <summary>Writes how the jurors of a jury voted; the public contract is <c>Gateway.Client.JuryReply</c>.</summary>
internal static class JuryWriter
{
    /// <summary>Writes the field <c>jury</c> into a response's object.</summary>
    public static void Write(Utf8JsonWriter json, JuryReport jury)
    {
        json.WriteStartObject("jury");
        json.WriteString("welfare", jury.Welfare.ToString().ToLowerInvariant());
        if (jury.Disagreement is { } disagreement)
        {
            json.WriteNumber("disagreement", disagreement);
        }

        json.WriteBoolean("alarm", jury.IsAlarm);
        json.WriteStartArray("jurors");
        foreach (var juror in jury.Jurors)
        {
            Write(json, juror);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, JurorScore juror)
    {
        var result = juror.Result;
        json.WriteStartObject();
        json.WriteString("name", juror.Juror.Name);
        json.WriteString("model", juror.Juror.Model);
        json.WriteNumber("weight", juror.Juror.Weight);
        json.WriteString("status", result is null ? "unheard" : result.IsScore ? "ok" : result.IsFailure ? "failed" : "undecided");
        WriteNumber(json, "score", result?.Score?.Value);
        WriteNumber(json, "value", juror.Value);
        json.WriteBoolean("cached", juror.IsCached);
        if (result?.Judgement?.Critique is { } critique)
        {
            json.WriteString("critique", critique);
        }

        if ((result?.Undecided?.Why ?? result?.Judgement?.Note) is { } note)
        {
            json.WriteString("note", note);
        }

        if (result?.Failure is { } failure)
        {
            JudgementWriter.WriteError(json, failure);
        }

        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, known);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
