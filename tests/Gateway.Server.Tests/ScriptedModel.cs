using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Server.Tests;

/// <summary>A reward model whose every answer a test decides; by default a response's score is its length in bytes.</summary>
internal sealed class ScriptedModel : IRewardModel, IRewardModelFactory
{
    private int _scored;

    public Func<string, ScoreResult> Answer { get; set; } = response => Of(response.Length);

    /// <summary>Called before a call is answered; a test holds calls back here.</summary>
    public Func<CancellationToken, Task> Before { get; set; } = _ => Task.CompletedTask;

    public string Name { get; set; } = "scripted";

    public string Revision => "scripted-1";

    public Granularity Granularity => Granularity.Pointwise;

    public ChatTemplate? Template { get; set; } = ChatTemplatePresets.Find("chatml");

    public int? MaxTokens => null;

    public string Kind => "scripted";

    /// <summary>How many responses were scored so far.</summary>
    public int Scored => Volatile.Read(ref _scored);

    public static Score Of(double value) => new(value, tokens: 3, truncated: false, new ScoreTimings(default, default, default));

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
            return [.. items.Select(_ => ScoreResult.Failed(ErrorKind.TimedOut, "The deadline passed before this item's turn."))];
        }

        Interlocked.Add(ref _scored, items.Count);
        return [.. items.Select(item => Answer(ResponseOf(item.Item.Body)))];
    }

    private static string ResponseOf(ItemBody body) => body switch
    {
        ItemBody.Conversation conversation => conversation.Responses[0].ToString(),
        ItemBody.Templated templated => templated.Text.ToString(),
        ItemBody.TokenIds tokens => string.Join(',', tokens.Ids),
        _ => throw new InvalidOperationException(),
    };
}
