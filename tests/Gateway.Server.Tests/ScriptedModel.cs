using System.Collections.Concurrent;
using Gateway.Core.Aggregation;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Server.Tests;

/// <summary>A reward model whose every answer a test decides; by default a response's score is its length in UTF-16 units.</summary>
internal sealed class ScriptedModel : IRewardModel, IRewardModelFactory
{
    private int _scored;

    public Func<string, ScoreResult> Answer { get; set; } = response => Of(response.Length);

    /// <summary>Called before a call is answered; a test holds calls back here.</summary>
    public Func<CancellationToken, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Called before one item is answered; cancelled, that item fails with <see cref="ErrorKind.TimedOut"/>.</summary>
    public Func<string, CancellationToken, Task> BeforeEach { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>What is returned in place of the results; a test breaks the contract here.</summary>
    public Func<IReadOnlyList<ScoreResult>, IReadOnlyList<ScoreResult>> Returned { get; set; } = results => results;

    public string Name { get; set; } = "scripted";

    public string Revision { get; set; } = "scripted-1";

    public Granularity Granularity { get; set; } = Granularity.Pointwise;

    public GuidanceFields Guidance { get; set; }

    /// <summary>Where its scores were calibrated.</summary>
    public ScoreRange? Range { get; set; }

    public ChatTemplate? Template { get; set; } = ChatTemplatePresets.Find("chatml");

    public int Concurrency => 1;

    public int? MaxTokens => null;

    public string Kind => "scripted";

    /// <summary>How many responses were scored so far.</summary>
    public int Scored => Volatile.Read(ref _scored);

    /// <summary>What reached the model so far, in memory of its own.</summary>
    public ConcurrentQueue<SeenText> Seen { get; } = new();

    public static Score Of(double value) => new(value, Tokens: 3, Truncated: false, new ScoreTimings(default, default, default));

    /// <summary>Answers <c>fail KIND</c> with a failure of that kind, anything else with its length.</summary>
    public static ScoreResult FailWhereAsked(string response)
    {
        var kind = Enum.GetValues<ErrorKind>().Cast<ErrorKind?>().FirstOrDefault(kind => response.Contains($"fail {kind!.Value.Traits().Name}", StringComparison.Ordinal));
        return kind is null ? Of(response.Length) : ScoreResult.Failed(kind.Value, "scripted.");
    }

    public ScoreRange? RangeOf(Core.Scoring.Guidance? guidance) => Range;

    public Task<IRewardModel> LoadAsync(ModelSource source, CancellationToken cancellation)
    {
        Name = source.Name;
        return Task.FromResult<IRewardModel>(this);
    }

    public async Task<IReadOnlyList<ScoreResult>> ScoreAsync(IReadOnlyList<HardenedItem> items, CancellationToken cancellation)
    {
        try
        {
            await Before(cancellation);
        }
        catch (OperationCanceledException)
        {
            return [.. items.SelectMany(item => Enumerable.Repeat(TimedOut, item.Item.Body.ResponseCount))];
        }

        var results = new List<ScoreResult>(items.Count);
        foreach (var item in items)
        {
            foreach (var seen in SeenText.Of(item.Item.Body))
            {
                results.Add(await ScoreOneAsync(seen, cancellation));
            }
        }

        return Returned(results);
    }

    private static ScoreResult TimedOut { get; } = ScoreResult.Failed(ErrorKind.TimedOut, "The deadline passed before this item's turn.");

    private async Task<ScoreResult> ScoreOneAsync(SeenText seen, CancellationToken cancellation)
    {
        try
        {
            await BeforeEach(seen.Response, cancellation);
        }
        catch (OperationCanceledException)
        {
            return TimedOut;
        }

        Seen.Enqueue(seen);
        Interlocked.Increment(ref _scored);
        return Answer(seen.Response);
    }
}

/// <summary>What reached a model: the body's case, the turns before the response as <c>role: content</c> lines, and a judged text.</summary>
internal sealed record SeenText(string Case, string Prompt, string Response)
{
    public static SeenText[] Of(ItemBody body) => body switch
    {
        ItemBody.Conversation conversation => [.. conversation.Responses.Select(response => new SeenText(
            "conversation", string.Join('\n', conversation.Prompt.Select(turn => $"{turn.Role}: {turn.Content}")), response.ToString()))],
        ItemBody.Templated templated => [new("templated", templated.Prompt?.ToString() ?? "", templated.Text.ToString())],
        ItemBody.TokenIds tokens => [new("ids", "", string.Join(',', tokens.Ids))],
        _ => throw new InvalidOperationException(),
    };
}
