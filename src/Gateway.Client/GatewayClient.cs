using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Gateway.Client;

/// <summary>The native API over an <see cref="HttpClient"/> whose base address is the gateway; safe for concurrent use.</summary>
public sealed class GatewayClient(HttpClient http)
{
    /// <summary>Scores items. A reply whose every response failed comes back as a reply too, each with its error.</summary>
    /// <exception cref="GatewayCallException">The gateway refused the call as a whole.</exception>
    /// <exception cref="HttpRequestException">The gateway could not be reached.</exception>
    public async Task<ScoreReply> ScoreAsync(ScoreCall call, CancellationToken cancellation)
    {
        // Serialised beforehand, so that the request carries its length.
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(call, GatewayJson.Default.ScoreCall));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await http.PostAsync("v1/score", content, cancellation).ConfigureAwait(false);
        return await ReadAsync(response, GatewayJson.Default.ScoreReply, cancellation).ConfigureAwait(false);
    }

    /// <summary>The served models.</summary>
    /// <exception cref="GatewayCallException">The gateway refused the call.</exception>
    /// <exception cref="HttpRequestException">The gateway could not be reached.</exception>
    public async Task<ModelList> GetModelsAsync(CancellationToken cancellation)
    {
        using var response = await http.GetAsync("v1/models", cancellation).ConfigureAwait(false);
        return await ReadAsync(response, GatewayJson.Default.ModelList, cancellation).ConfigureAwait(false);
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        var isProblem = response.Content.Headers.ContentType?.MediaType == "application/problem+json";
        if (!isProblem && response.Content.Headers.ContentType?.MediaType == "application/json")
        {
            return await response.Content.ReadFromJsonAsync(type, cancellation).ConfigureAwait(false)
                ?? throw new GatewayCallException((int)response.StatusCode, null, "The gateway answered null.");
        }

        var problem = isProblem
            ? await response.Content.ReadFromJsonAsync(GatewayJson.Default.Problem, cancellation).ConfigureAwait(false)
            : null;
        throw new GatewayCallException(
            (int)response.StatusCode,
            problem,
            problem?.Detail ?? $"HTTP {(int)response.StatusCode} without problem details; is the base address a reward gateway's?");
    }
}
