using System.Text.Json;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;

namespace Gateway.Server.Wire;

/// <summary>Writes the answer of <c>POST /v1/score</c> from the scores themselves; the public contract is <c>Gateway.Client.ScoreReply</c>.</summary>
/// <param name="json">Where it goes.</param>
/// <param name="explain">Whether each score says where its time went.</param>
internal sealed class ScoreReplyWriter(Utf8JsonWriter json, bool explain)
{
    /// <summary>Writes the whole answer.</summary>
    /// <param name="scored">What the responses got.</param>
    /// <param name="items">The items, in the same order.</param>
    public void Write(ScoredRequest scored, IReadOnlyList<EnvelopeItem?> items)
    {
        json.WriteStartObject();
        json.WriteString("model"u8, scored.Model.Name);
        json.WriteString("revision"u8, scored.Model.Revision);
        json.WriteStartArray("results"u8);
        for (var i = 0; i < items.Count; i++)
        {
            Write(items[i]!.Id, scored.Items[i]);
        }

        json.WriteEndArray();
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, scored.Tokens);
        json.WriteNumber("cached"u8, scored.Totals.Cached);
        json.WriteNumber("failed"u8, scored.Totals.Failed);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void Write(string? id, IReadOnlyList<ScoredResponse> responses)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        WriteRanking(responses);
        json.WriteStartArray("scores"u8);
        for (var i = 0; i < responses.Count; i++)
        {
            Write(responses[i]);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteRanking(IReadOnlyList<ScoredResponse> responses)
    {
        // OrderBy is stable, so equal scores stay in the order of their indices.
        int[] ranking = responses.Count == 1
            ? (responses[0].Result.IsScore ? First : [])
            : [.. Enumerable.Range(0, responses.Count).Where(i => responses[i].Result.IsScore).OrderByDescending(i => responses[i].Result.Score!.Value)];
        WriteIndices("ranking"u8, ranking);
        json.WriteStartArray("ties"u8);
        if (ranking.Length > 1)
        {
            foreach (var tie in ranking.GroupBy(i => responses[i].Result.Score!.Value).Where(group => group.Count() > 1))
            {
                WriteIndices(default, tie);
            }
        }

        json.WriteEndArray();
    }

    private static int[] First { get; } = [0];

    private void WriteIndices(ReadOnlySpan<byte> name, IEnumerable<int> indices)
    {
        if (name.IsEmpty)
        {
            json.WriteStartArray();
        }
        else
        {
            json.WriteStartArray(name);
        }

        foreach (var index in indices)
        {
            json.WriteNumberValue(index);
        }

        json.WriteEndArray();
    }

    private void Write(in ScoredResponse response)
    {
        var score = response.Result.Score;
        json.WriteStartObject();
        json.WriteString("status"u8, score is null ? "failed"u8 : response.IsFloored ? "floored"u8 : "ok"u8);
        if (score is null)
        {
            json.WriteNull("score"u8);
        }
        else
        {
            json.WriteNumber("score"u8, score.Value);
        }

        WriteSteps(score?.Steps);
        json.WriteBoolean("cached"u8, response.IsCached);
        json.WriteBoolean("truncated"u8, score?.Truncated ?? false);
        if (score is not null)
        {
            json.WriteNumber("tokens"u8, score.Tokens);
        }

        WriteFindings(response.Findings);
        if (explain && score is not null)
        {
            Write(score.Timings);
        }

        if (response.Result.Failure is { } failure)
        {
            json.WriteStartObject("error"u8);
            json.WriteString("kind"u8, failure.Kind.Traits().Name);
            json.WriteString("message"u8, failure.Message);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void WriteSteps(IReadOnlyList<double>? steps)
    {
        if (steps is null)
        {
            return;
        }

        json.WriteStartArray("steps"u8);
        foreach (var step in steps)
        {
            json.WriteNumberValue(step);
        }

        json.WriteEndArray();
    }

    private void WriteFindings(IReadOnlyList<HardeningFinding> findings)
    {
        json.WriteStartArray("findings"u8);
        for (var i = 0; i < findings.Count; i++)
        {
            var finding = findings[i];
            json.WriteStartObject();
            json.WriteString("rule"u8, finding.Rule);
            json.WriteString("severity"u8, finding.Severity.ToString().ToLowerInvariant());
            json.WriteString("action"u8, finding.Action.ToString().ToLowerInvariant());
            json.WriteString("field"u8, finding.Field);
            json.WriteNumber("at"u8, finding.At);
            json.WriteString("detail"u8, finding.Detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void Write(ScoreTimings timings)
    {
        json.WriteStartObject("timing_ms"u8);
        json.WriteNumber("queue"u8, timings.Queue.TotalMilliseconds);
        json.WriteNumber("encode"u8, timings.Encode.TotalMilliseconds);
        json.WriteNumber("run"u8, timings.Run.TotalMilliseconds);
        json.WriteNumber("upstream"u8, timings.Upstream.TotalMilliseconds);
        json.WriteEndObject();
    }
}
