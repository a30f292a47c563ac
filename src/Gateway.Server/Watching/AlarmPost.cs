using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using Gateway.Server.Wire;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Watching;

/// <summary>Logs alarms, and posts them where the operator wants them. Scoring never waits for a post.</summary>
internal sealed partial class AlarmPost(IHttpClientFactory clients, IOptions<WatchOptions> options, TimeProvider clock, ILogger<AlarmPost> log)
    : BackgroundService
{
    /// <summary>The name of the HTTP client.</summary>
    public const string Client = "watch-webhook";

    private const int Waiting = 64;
    private const int Attempts = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Channel<Alarm> _alarms = Channel.CreateBounded<Alarm>(Waiting);

    /// <summary>Logs an alarm, and lets it be posted soon.</summary>
    public void Raise(Alarm alarm)
    {
        LogAlarm(
            WatchProtocol.NameOf(alarm.Sign.Kind),
            alarm.Model,
            alarm.Run ?? "without a name",
            Shown(alarm.Sign.Value),
            alarm.Sign.Before is { } before ? Shown(before) : "unknown",
            Shown(alarm.Sign.Limit),
            alarm.Responses);
        if (!string.IsNullOrEmpty(options.Value.Webhook) && !_alarms.Writer.TryWrite(alarm))
        {
            LogNotPosted($"{Waiting} alarms wait already");
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var alarm in _alarms.Reader.ReadAllAsync(stoppingToken))
            {
                await PostAsync(JsonSerializer.SerializeToUtf8Bytes(WatchProtocol.ToReply(alarm), NativeJson.Plain.WatchAlarm), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was not posted was logged.
        }
    }

    private async Task PostAsync(byte[] body, CancellationToken stopping)
    {
        for (var attempt = 1; ; attempt++)
        {
            var fault = await FaultOfAsync(body, stopping);
            if (fault is null)
            {
                return;
            }

            if (attempt == Attempts)
            {
                LogNotPosted(fault);
                return;
            }

            await Task.Delay(Pause, clock, stopping);
        }
    }

    /// <summary>Posts once; says what went wrong without the address, which may hold a secret.</summary>
    private async Task<string?> FaultOfAsync(byte[] body, CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(options.Value.WebhookMs), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        try
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new("application/json");
            using var http = clients.CreateClient(Client);
            using var reply = await http.PostAsync(options.Value.Webhook, content, either.Token);
            return reply.IsSuccessStatusCode ? null : $"it answered {(int)reply.StatusCode}";
        }
        catch (HttpRequestException e)
        {
            return $"it could not be reached ({e.HttpRequestError})";
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return $"it did not answer within {options.Value.WebhookMs} ms";
        }
    }

    private static string Shown(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Watch: {Kind} at model {Model}, run {Run}: {Value}, before {Before}, limit {Limit}, after {Responses} responses")]
    private partial void LogAlarm(string kind, string model, string run, string value, string before, string limit, long responses);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Watch: an alarm was not posted to Gateway:Watch:Webhook: {Fault}")]
    private partial void LogNotPosted(string fault);
}
