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
        json.WriteString(Name.Model, scored.Model.Name);
        json.WriteString(Name.Revision, scored.Model.Revision);
        json.WriteStartArray(Name.Results);
        for (var i = 0; i < items.Count; i++)
        {
            Write(items[i]!.Id, scored.Items[i], scored.Comparisons?[i]);
        }

        json.WriteEndArray();
        json.WriteStartObject(Name.Usage);
        json.WriteNumber(Name.PromptTokens, scored.Tokens);
        json.WriteNumber(Name.Cached, scored.Totals.Cached);
        json.WriteNumber(Name.Failed, scored.Totals.Failed);
        if (scored.Totals.IsJudged || scored.Controls is { Usage.Calls: > 0 })
        {
            JudgementWriter.WriteUsage(json, scored.Totals.Usage + (scored.Controls?.Usage ?? default));
        }

        if (scored.Controls is { } controls)
        {
            ControlWriter.WriteUsage(json, controls);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void Write(string? id, IReadOnlyList<ScoredResponse> responses, IReadOnlyList<Comparison>? comparisons)
    {
        json.WriteStartObject();
        json.WriteString(Name.Id, id);
        WriteRanking(responses);
        json.WriteStartArray(Name.Scores);
        for (var i = 0; i < responses.Count; i++)
        {
            Write(responses[i]);
        }

        json.WriteEndArray();
        if (comparisons is not null)
        {
            JudgementWriter.WriteComparisons(json, comparisons);
        }

        json.WriteEndObject();
    }

    private void WriteRanking(IReadOnlyList<ScoredResponse> responses)
    {
        // OrderBy is stable, so equal scores stay in the order of their indices.
        int[] ranking = responses.Count == 1
            ? (responses[0].Result.IsScore ? First : [])
            : [.. Enumerable.Range(0, responses.Count).Where(i => responses[i].Result.IsScore).OrderByDescending(i => responses[i].Result.Score!.Value)];
        WriteIndices(Name.Ranking, ranking);
        json.WriteStartArray(Name.Ties);
        if (ranking.Length > 1)
        {
            foreach (var tie in ranking.GroupBy(i => responses[i].Result.Score!.Value).Where(group => group.Count() > 1))
            {
                WriteIndices(null, tie);
            }
        }

        json.WriteEndArray();
    }

    private static int[] First { get; } = [0];

    private void WriteIndices(JsonEncodedText? name, IEnumerable<int> indices)
    {
        if (name is { } known)
        {
            json.WriteStartArray(known);
        }
        else
        {
            json.WriteStartArray();
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
        json.WriteString(Name.Status, response.Result.Undecided is not null ? Name.Undecided : score is null ? Name.Failed : response.IsFloored ? Name.Floored : Name.Ok);
        if (score is null)
        {
            json.WriteNull(Name.Score);
        }
        else
        {
            json.WritePropertyName(Name.Score);
            json.WriteRawValue(response.Result.Digits, skipInputValidation: true);
        }

        WriteSteps(score?.Steps);
        json.WriteBoolean(Name.Cached, response.IsCached);
        json.WriteBoolean(Name.Truncated, score?.Truncated ?? false);
        if (score is not null)
        {
            json.WriteNumber(Name.Tokens, score.Tokens);
        }

        if (response.Result.Judgement is { } judgement)
        {
            JudgementWriter.Write(json, judgement, response.Result.Undecided?.Why);
        }

        WriteFindings(response.Findings);
        if (explain && !response.Result.IsFailure)
        {
            Write(response.Result.Timings);
        }

        if (explain)
        {
            ControlWriter.Write(json, response);
        }

        if (response.Result.Failure is { } failure)
        {
            JudgementWriter.WriteError(json, failure);
        }

        json.WriteEndObject();
    }

    private void WriteSteps(IReadOnlyList<double>? steps)
    {
        if (steps is null)
        {
            return;
        }

        json.WriteStartArray(Name.Steps);
        foreach (var step in steps)
        {
            json.WriteNumberValue(step);
        }

        json.WriteEndArray();
    }

    private void WriteFindings(IReadOnlyList<HardeningFinding> findings)
    {
        json.WriteStartArray(Name.Findings);
        for (var i = 0; i < findings.Count; i++)
        {
            var finding = findings[i];
            json.WriteStartObject();
            json.WriteString(Name.Rule, finding.Rule);
            json.WriteString(Name.Severity, finding.Severity.ToString().ToLowerInvariant());
            json.WriteString(Name.Action, finding.Action.ToString().ToLowerInvariant());
            json.WriteString(Name.Field, finding.Field);
            json.WriteNumber(Name.At, finding.At);
            json.WriteString(Name.Detail, finding.Detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void Write(ScoreTimings timings)
    {
        json.WriteStartObject(Name.TimingMs);
        json.WriteNumber(Name.Queue, timings.Queue.TotalMilliseconds);
        json.WriteNumber(Name.Encode, timings.Encode.TotalMilliseconds);
        json.WriteNumber(Name.Run, timings.Run.TotalMilliseconds);
        json.WriteNumber(Name.Upstream, timings.Upstream.TotalMilliseconds);
        json.WriteEndObject();
    }

    // Encoded once: in a reply of many scores, looking for characters to escape in the same names again and again is seen in its time.
    private static class Name
    {
        public static readonly JsonEncodedText Action = JsonEncodedText.Encode("action");
        public static readonly JsonEncodedText At = JsonEncodedText.Encode("at");
        public static readonly JsonEncodedText Cached = JsonEncodedText.Encode("cached");
        public static readonly JsonEncodedText Detail = JsonEncodedText.Encode("detail");
        public static readonly JsonEncodedText Encode = JsonEncodedText.Encode("encode");
        public static readonly JsonEncodedText Failed = JsonEncodedText.Encode("failed");
        public static readonly JsonEncodedText Field = JsonEncodedText.Encode("field");
        public static readonly JsonEncodedText Findings = JsonEncodedText.Encode("findings");
        public static readonly JsonEncodedText Floored = JsonEncodedText.Encode("floored");
        public static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
        public static readonly JsonEncodedText Model = JsonEncodedText.Encode("model");
        public static readonly JsonEncodedText Ok = JsonEncodedText.Encode("ok");
        public static readonly JsonEncodedText PromptTokens = JsonEncodedText.Encode("prompt_tokens");
        public static readonly JsonEncodedText Queue = JsonEncodedText.Encode("queue");
        public static readonly JsonEncodedText Ranking = JsonEncodedText.Encode("ranking");
        public static readonly JsonEncodedText Results = JsonEncodedText.Encode("results");
        public static readonly JsonEncodedText Revision = JsonEncodedText.Encode("revision");
        public static readonly JsonEncodedText Rule = JsonEncodedText.Encode("rule");
        public static readonly JsonEncodedText Run = JsonEncodedText.Encode("run");
        public static readonly JsonEncodedText Score = JsonEncodedText.Encode("score");
        public static readonly JsonEncodedText Scores = JsonEncodedText.Encode("scores");
        public static readonly JsonEncodedText Severity = JsonEncodedText.Encode("severity");
        public static readonly JsonEncodedText Status = JsonEncodedText.Encode("status");
        public static readonly JsonEncodedText Steps = JsonEncodedText.Encode("steps");
        public static readonly JsonEncodedText Ties = JsonEncodedText.Encode("ties");
        public static readonly JsonEncodedText TimingMs = JsonEncodedText.Encode("timing_ms");
        public static readonly JsonEncodedText Tokens = JsonEncodedText.Encode("tokens");
        public static readonly JsonEncodedText Truncated = JsonEncodedText.Encode("truncated");
        public static readonly JsonEncodedText Undecided = JsonEncodedText.Encode("undecided");
        public static readonly JsonEncodedText Upstream = JsonEncodedText.Encode("upstream");
        public static readonly JsonEncodedText Usage = JsonEncodedText.Encode("usage");
    }
}
