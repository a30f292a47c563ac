using System.Net.Http.Headers;
using System.Text.Json;
using Gateway.LoadTests.Figures;
using Gateway.LoadTests.Processes;
using Gateway.LoadTests.Wire;

namespace Gateway.LoadTests.Judging;

/// <summary>Many judge calls at a time through one gateway: how long they take beside the shortest time that the engine's delay and the judge's limit allow.</summary>
/// <param name="gateway">The gateway.</param>
/// <param name="calls">How many.</param>
/// <param name="time">The clock.</param>
internal sealed class FanOut(ServerProcess gateway, int calls, TimeProvider time) : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = gateway.Root, Timeout = TimeSpan.FromMinutes(2) };
    private int _round;

    /// <summary>All calls as one request of as many responses to one prompt.</summary>
    public Task<FanOutMeasurement> TogetherAsync(FanOutScenario scenario, CancellationToken cancellation) => MeasureAsync(
        scenario, [Body(scenario, [.. Enumerable.Range(0, calls)])], cancellation);

    /// <summary>All calls as requests of one response each, at the same moment.</summary>
    public Task<FanOutMeasurement> SinglyAsync(FanOutScenario scenario, CancellationToken cancellation) => MeasureAsync(
        scenario, [.. Enumerable.Range(0, calls).Select(call => Body(scenario, [call]))], cancellation);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<FanOutMeasurement> MeasureAsync(FanOutScenario scenario, byte[][] bodies, CancellationToken cancellation)
    {
        foreach (var engine in scenario.Engines)
        {
            await engine.SeenAsync(cancellation);
        }

        var machine = MachineCpu.Read();
        var (cpu, started) = (gateway.Cpu, time.GetTimestamp());
        var asked = Task.WhenAll(bodies.Select(body => AskAsync(body, started, cancellation)));
        if (scenario.Meanwhile is { } meanwhile)
        {
            await meanwhile(cancellation);
        }

        var answers = await asked;
        var (wall, used) = (time.GetElapsedTime(started), gateway.Cpu - cpu);
        var busy = (MachineCpu.Read().Busy - machine.Busy) / wall / Environment.ProcessorCount;
        var scores = answers.SelectMany(answer => answer.Scores).ToArray();
        var seen = new List<(int Peak, int Calls)>();
        foreach (var engine in scenario.Engines)
        {
            seen.Add(await engine.SeenAsync(cancellation));
        }

        if (scores.Length != calls)
            throw new UsageException($"{scenario.Name}: {scores.Length} answers to {calls} calls, so there are no figures.");

        return new FanOutMeasurement(
            wall.TotalMilliseconds,
            used.TotalMilliseconds,
            busy,
            [.. answers.Select(answer => answer.Milliseconds)],
            [.. scores.Where(score => score.Milliseconds is not null).Select(score => score.Milliseconds!.Value)],
            scores.Count(score => score.Milliseconds is null),
            [.. seen]);
    }

    private async Task<(double Milliseconds, List<(string Status, double? Milliseconds)> Scores)> AskAsync(byte[] body, long started, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = Json;
        using var response = await _client.PostAsync("/v1/score", content, cancellation);
        var reply = await response.Content.ReadAsByteArrayAsync(cancellation);
        var elapsed = time.GetElapsedTime(started).TotalMilliseconds;
        using var json = JsonDocument.Parse(reply);
        if (!json.RootElement.TryGetProperty("results", out var results))
            throw new UsageException($"The gateway answered {(int)response.StatusCode}: {json.RootElement}");

        var scores = results[0].GetProperty("scores").EnumerateArray()
            .Select(score => (score.GetProperty("status").GetString()!, score.TryGetProperty("timing_ms", out var timing) ? timing.GetProperty("upstream").GetDouble() : (double?)null));
        return (elapsed, [.. scores]);
    }

    // Other texts in every round, so that nothing was ever seen before.
    private byte[] Body(FanOutScenario scenario, int[] numbers)
    {
        var round = Interlocked.Increment(ref _round);
        return JsonBytes.Write(json =>
        {
            json.WriteString("model", scenario.Model);
            json.WriteStartArray("items");
            json.WriteStartObject();
            json.WriteString("prompt", "How far is it from the earth's centre to a geostationary orbit, and why is it just there that a satellite seems to stand still?");
            json.WriteStartArray("responses");
            foreach (var number in numbers)
            {
                json.WriteStringValue($"It is {42_164 + number} kilometres ({round}). There a satellite goes round once in a sidereal day, as the earth itself does.");
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteStartObject("options");
            json.WriteBoolean("explain", true);
            json.WriteNumber("timeout_ms", scenario.TimeoutMs);
            json.WriteEndObject();
        });
    }
}

/// <summary>One way of asking.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Model">The judge.</param>
/// <param name="Limit">How many calls it may have at a time.</param>
/// <param name="IdealMilliseconds">The shortest time possible.</param>
/// <param name="Engines">Its engines.</param>
internal sealed record FanOutScenario(string Name, string Model, int Limit, double IdealMilliseconds, IReadOnlyList<JudgeEngine> Engines)
{
    /// <summary>True where every call is a request by itself.</summary>
    public bool IsSingle { get; init; }

    /// <summary>The deadline of the requests.</summary>
    public int TimeoutMs { get; init; } = 60_000;

    /// <summary>What happens while the calls run; null for nothing.</summary>
    public Func<CancellationToken, Task>? Meanwhile { get; init; }

    /// <summary>What happens before a round, unmeasured; null for nothing.</summary>
    public Func<CancellationToken, Task>? Before { get; init; }
}

/// <summary>One scenario in one round.</summary>
/// <param name="WallMilliseconds">From the first byte sent to the last answer read.</param>
/// <param name="CpuMilliseconds">The gateway's processor time.</param>
/// <param name="Busy">The share of the machine that was busy.</param>
/// <param name="Requests">Each request's time.</param>
/// <param name="Calls">Each call's time at the engine, as the gateway saw it.</param>
/// <param name="Failed">Calls that gave no score.</param>
/// <param name="Seen">Per engine, the most calls open at a time, and how many came.</param>
internal sealed record FanOutMeasurement(
    double WallMilliseconds, double CpuMilliseconds, double Busy, double[] Requests, double[] Calls, int Failed, (int Peak, int Calls)[] Seen)
{
    /// <summary>The value below which so many of a hundred lie.</summary>
    public static double Percentile(double[] values, double percent) => values.Length == 0 ? double.NaN : values.Order().ElementAt((int)Math.Min(values.Length - 1, values.Length * percent / 100));
}
