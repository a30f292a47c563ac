using System.Text;
using Gateway.Core.Scoring;
using Gateway.Server.Upstream.Chat;
using Microsoft.Extensions.AI;

namespace Gateway.Server.Judging;

/// <summary>
/// A judge's chat client within the judge's limits: reserves before each call, settles with what the reply says was used, counts, and turns a
/// reply in which no verdict can be into its failure.
/// </summary>
/// <param name="inner">Who is asked.</param>
/// <param name="judge">The judge's name.</param>
/// <param name="limits">The judge's limits, shared by all of its clients.</param>
/// <param name="prices">What its tokens cost.</param>
/// <param name="metrics">Where calls are counted.</param>
internal sealed class JudgeChat(IChatClient inner, string judge, JudgeLimits limits, JudgePrices prices, JudgeMetrics metrics) : DelegatingChatClient(inner)
{
    /// <inheritdoc/>
    /// <exception cref="GatewayException">The judge's limits, the upstream or the reply do not allow a verdict; the kind says which.</exception>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var ask = ChatAsk.Of(options);
        IReadOnlyList<ChatMessage> turns = messages as IReadOnlyList<ChatMessage> ?? [.. messages];
        var bytes = turns.Sum(turn => (long)Encoding.UTF8.GetByteCount(turn.Text)) + Encoding.UTF8.GetByteCount(options?.Instructions ?? "");
        using var permit = await limits.EnterAsync(ask.Party, JudgeLimits.Estimate(bytes, options?.MaxOutputTokens ?? 0), ask.Deadline, cancellationToken);
        try
        {
            var response = await base.GetResponseAsync(turns, options, cancellationToken);
            Settle(permit, response.Usage);
            if (ChatFacts.Of(response).Failure is { } failure)
            {
                throw new GatewayException(failure.Kind, failure.Message, retryAfter: failure.RetryAfter);
            }

            metrics.Called(judge, "ok");
            return response;
        }
        catch (GatewayException fault)
        {
            metrics.Called(judge, fault.Kind.Traits().Name);
            if (fault.Kind is ErrorKind.Overloaded or ErrorKind.NotReady or ErrorKind.InputTooLong or ErrorKind.Rejected)
            {
                // The engine ran nothing; where it did, this was settled above, and only the first word counts.
                permit.Settle(0);
            }

            throw;
        }
        catch (OperationCanceledException)
        {
            // The engine may have run it all the same: what was reserved stays reserved.
            metrics.Called(judge, JudgeMetrics.Cancelled);
            throw;
        }
    }

    // A stream would end the permit before its reply is there.
    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates())
        {
            yield return update;
        }
    }

    private void Settle(JudgePermit permit, UsageDetails? usage)
    {
        if (usage is not { InputTokenCount: { } prompt, OutputTokenCount: { } completion })
        {
            return;
        }

        permit.Settle(prompt + completion);
        metrics.Used(judge, prompt, completion, prices.Cost(prompt, completion));
    }
}
