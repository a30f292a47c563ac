using Gateway.Client;

namespace Gateway.Cli.Audit;

/// <summary>One side of the comparison: the model asked under one policy.</summary>
/// <param name="client">The gateway.</param>
/// <param name="options">The audit's options.</param>
/// <param name="policy">The policy; null: the model's own.</param>
/// <param name="controls">Whether responses are held against control answers; null: as the model's settings say.</param>
/// <param name="clock">Time of the calls.</param>
internal sealed class Side(GatewayClient client, AuditOptions options, string? policy, string? controls, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _errors = new(StringComparer.Ordinal);
    private TimeSpan _spent;
    private long _responses;
    private long _judgeCalls;

    /// <summary>Responses that were not scored, by kind of error; rejected and too long ones count as refused, not as errors.</summary>
    public IReadOnlyDictionary<string, int> Errors => _errors;

    /// <summary>The calls' time over their responses, in milliseconds.</summary>
    public double MsPerResponse => _responses == 0 ? 0 : _spent.TotalMilliseconds / _responses;

    /// <summary>Calls of judges over the responses; 0 where no judge was asked.</summary>
    public double JudgeCallsPerResponse => _responses == 0 ? 0 : (double)_judgeCalls / _responses;

    /// <summary>The revision that answered.</summary>
    public string Revision { get; private set; } = "";

    /// <summary>Scores responses to one question, in order.</summary>
    public async Task<IReadOnlyList<ResponseScore>> AskAsync(AuditQuestion question, IReadOnlyList<string> responses, CancellationToken cancellation)
    {
        var prompt = options.Prompt.Replace("{reference}", question.Reference).Replace("{question}", question.Question);
        var started = clock.GetTimestamp();
        var reply = await client.ScoreAsync(
            new ScoreCall
            {
                Model = options.Model,
                Items = options.Pairs
                    ? [.. responses.Select(response => Item([response, Rival(question, response)]))]
                    : [Item(responses)],
                // A stored score would make the second side look fast.
                Options = new ScoreCallOptions { Hardening = policy, Controls = controls, Cache = "off" },
            },
            cancellation);
        IReadOnlyList<ResponseScore> scores = options.Pairs ? [.. reply.Results.SelectMany(result => result.Scores.Take(1))] : reply.Results[0].Scores;
        if (scores.Count != responses.Count)
        {
            throw new AuditException($"The gateway gave another number of scores than the {responses.Count} that were asked for.");
        }

        lock (_lock)
        {
            _spent += clock.GetElapsedTime(started);
            _responses += responses.Count;
            _judgeCalls += reply.Usage.JudgeCalls ?? 0;
            Revision = reply.Revision;
            foreach (var kind in scores.Select(Unscored).OfType<string>())
            {
                _errors[kind] = _errors.GetValueOrDefault(kind) + 1;
            }
        }

        return scores;

        ScoreCallItem Item(IReadOnlyList<string> judged) => new() { Prompt = prompt, Responses = judged, Reference = options.SendReference ? question.Reference : null };
    }

    private static string Rival(AuditQuestion question, string response) =>
        response == question.Worked || response == question.Reference ? question.Wrong : question.Worked;

    private string? Unscored(ResponseScore score) => score switch
    {
        { Error.Kind: "rejected" or "input_too_long" } => null,
        // Of two that are compared neither has won then.
        { Status: "undecided" } when options.Pairs => null,
        _ => score.Error?.Kind ?? (score.Score is null ? score.Status : null),
    };

    /// <summary>True where the response is taken for right; null where it was not scored.</summary>
    public static bool? IsAccepted(ResponseScore score, double threshold) => score switch
    {
        { Score: { } value } => value > threshold,
        { Error.Kind: "rejected" or "input_too_long" } => false,
        _ => null,
    };
}
