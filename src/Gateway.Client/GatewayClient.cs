using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Gateway.Client;

/// <summary>The native API over an <see cref="HttpClient"/> whose base address is the gateway; safe for concurrent use.</summary>
public sealed class GatewayClient(HttpClient http)
{
    /// <summary>Scores items. A reply whose every response failed comes back as a reply too, each with its error.</summary>
    /// <exception cref="GatewayCallException">The gateway refused the call as a whole, or the answer is not a gateway's.</exception>
    /// <exception cref="HttpRequestException">The gateway could not be reached.</exception>
    public async Task<ScoreReply> ScoreAsync(ScoreCall call, CancellationToken cancellation)
    {
        using var content = Content(call, GatewayJson.Default.ScoreCall);
        using var response = await http.PostAsync("v1/score", content, cancellation).ConfigureAwait(false);
        return await ReadAsync(response, GatewayJson.Default.ScoreReply, IsWhole, cancellation).ConfigureAwait(false);
    }

    /// <summary>What a judge writes for prompts and judges responses to them by: criteria, a scale or a context. A reply whose every prompt failed comes back as a reply too, each with its error.</summary>
    /// <exception cref="GatewayCallException">The gateway refused the call as a whole, or the answer is not a gateway's.</exception>
    /// <exception cref="HttpRequestException">The gateway could not be reached.</exception>
    public async Task<CriteriaReply> GetCriteriaAsync(CriteriaCall call, CancellationToken cancellation)
    {
        using var content = Content(call, GatewayJson.Default.CriteriaCall);
        using var response = await http.PostAsync("v1/criteria", content, cancellation).ConfigureAwait(false);
        return await ReadAsync(response, GatewayJson.Default.CriteriaReply, IsWhole, cancellation).ConfigureAwait(false);
    }

    /// <summary>The served models.</summary>
    /// <exception cref="GatewayCallException">The gateway refused the call, or the answer is not a gateway's.</exception>
    /// <exception cref="HttpRequestException">The gateway could not be reached.</exception>
    public async Task<ModelList> GetModelsAsync(CancellationToken cancellation)
    {
        using var response = await http.GetAsync("v1/models", cancellation).ConfigureAwait(false);
        return await ReadAsync(response, GatewayJson.Default.ModelList, IsWhole, cancellation).ConfigureAwait(false);
    }

    /// <summary>What the watched training runs look like.</summary>
    /// <exception cref="GatewayCallException">The gateway refused the call, or the answer is not a gateway's.</exception>
    /// <exception cref="HttpRequestException">The gateway could not be reached.</exception>
    public async Task<WatchReply> GetWatchAsync(CancellationToken cancellation)
    {
        using var response = await http.GetAsync("v1/watch", cancellation).ConfigureAwait(false);
        return await ReadAsync(response, GatewayJson.Default.WatchReply, IsWhole, cancellation).ConfigureAwait(false);
    }

    /// <summary>The principles that judges can be told to follow.</summary>
    /// <exception cref="GatewayCallException">The gateway refused the call, or the answer is not a gateway's.</exception>
    /// <exception cref="HttpRequestException">The gateway could not be reached.</exception>
    public async Task<PrincipleList> GetPrinciplesAsync(CancellationToken cancellation)
    {
        using var response = await http.GetAsync("v1/principles", cancellation).ConfigureAwait(false);
        return await ReadAsync(response, GatewayJson.Default.PrincipleList, IsWhole, cancellation).ConfigureAwait(false);
    }

    /// <summary>One principle with its text and criteria.</summary>
    /// <exception cref="GatewayCallException">There is none of that name, the gateway refused the call, or the answer is not a gateway's.</exception>
    /// <exception cref="HttpRequestException">The gateway could not be reached.</exception>
    public async Task<PrincipleReply> GetPrincipleAsync(string name, CancellationToken cancellation)
    {
        using var response = await http.GetAsync($"v1/principles/{Uri.EscapeDataString(name)}", cancellation).ConfigureAwait(false);
        return await ReadAsync(response, GatewayJson.Default.PrincipleReply, IsWhole, cancellation).ConfigureAwait(false);
    }

    // Serialised beforehand, so that the request carries its length.
    private static ByteArrayContent Content<T>(T call, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(call, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private static async Task<T> ReadAsync<T>(
        HttpResponseMessage response, JsonTypeInfo<T> type, Func<T, bool> isWhole, CancellationToken cancellation)
        where T : class
    {
        var status = (int)response.StatusCode;
        switch (response.Content.Headers.ContentType?.MediaType)
        {
            case "application/json":
                var reply = await JsonAsync(response, type, cancellation).ConfigureAwait(false)
                    ?? throw new GatewayCallException(status, null, "The gateway answered null.");
                return isWhole(reply) ? reply : throw Foreign(status, null);
            case "application/problem+json":
                var problem = await JsonAsync(response, GatewayJson.Default.Problem, cancellation).ConfigureAwait(false);
                throw new GatewayCallException(status, problem, problem?.Detail ?? WithoutProblem(status));
            default:
                throw new GatewayCallException(status, null, WithoutProblem(status));
        }
    }

    private static async Task<T?> JsonAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await response.Content.ReadFromJsonAsync(type, cancellation).ConfigureAwait(false);
        }
        catch (JsonException e)
        {
            throw Foreign((int)response.StatusCode, e);
        }
    }

    // A proxy between answers in JSON too, and what that leaves out would be read as null. The status does not tell: a reply whose every
    // response failed has that failure's.
    private static bool IsWhole(ScoreReply reply) => reply is { Model: not null, Revision: not null, Results: not null, Usage: not null }
        && reply.Results.All(item => item is { Ranking: not null, Ties: not null, Scores: not null } && item.Scores.All(score => score is not null));

    private static bool IsWhole(CriteriaReply reply) => reply is { Model: not null, Revision: not null, Results: not null, Usage: not null }
        && reply.Results.All(prompt => prompt is { Status: not null, Criteria: not null, Context: not null });

    private static bool IsWhole(ModelList list) => list.Data?.All(card => card is { Id: not null, OwnedBy: not null, Aliases: not null }) == true;

    private static bool IsWhole(WatchReply watch) => watch.Runs?.All(run => run is { Model: not null, Now: not null, Signs: not null, Alarms: not null }) == true;

    private static bool IsWhole(PrincipleList list) => list.Faults is not null
        && list.Principles?.All(card => card is { Name: not null, Digest: not null, Criteria: not null, Styles: not null }) == true;

    private static bool IsWhole(PrincipleReply principle) => principle is { Name: not null, Digest: not null, Text: not null, Criteria: not null, Styles: not null };

    private static GatewayCallException Foreign(int status, JsonException? fault) =>
        new(status, null, $"HTTP {status} with JSON that is not a gateway's; is the base address a reward gateway's?", fault);

    private static string WithoutProblem(int status) => $"HTTP {status} without problem details; is the base address a reward gateway's?";
}
