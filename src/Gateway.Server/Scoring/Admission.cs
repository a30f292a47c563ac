using Gateway.Core.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Scoring;

/// <summary>
/// The permits of the house. What does not fit, or would wait longer than its client does, is refused at once; the rest waits its turn.
/// </summary>
internal sealed class Admission(IOptions<LimitsOptions> limits)
{
    private static readonly TimeSpan ShortestRetry = TimeSpan.FromSeconds(1);

    private readonly long _itemsInFlight = limits.Value.ItemsInFlight;
    private readonly long _bytesInFlight = limits.Value.BytesInFlight;
    private long _items;
    private long _bytes;

    /// <summary>Responses in flight.</summary>
    public long Items => Interlocked.Read(ref _items);

    /// <summary>Bytes of request bodies in flight.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Takes room for the bytes of a body.</summary>
    /// <exception cref="GatewayException">There is none: <see cref="ErrorKind.Overloaded"/>.</exception>
    public void EnterBytes(long bytes)
    {
        if (!TryTake(ref _bytes, bytes, _bytesInFlight))
        {
            throw Full($"{Bytes} bytes of requests are in flight and {bytes} more do not fit Gateway:Limits:BytesInFlight {_bytesInFlight}", ShortestRetry);
        }
    }

    /// <summary>Gives room for bytes back.</summary>
    public void LeaveBytes(long bytes) => Interlocked.Add(ref _bytes, -bytes);

    /// <summary>Refuses a request whose texts, each prompt read once per response, or whose responses, each as often as it is scored, are more than the house holds.</summary>
    /// <param name="units">The units.</param>
    /// <param name="voices">How many models score each of them.</param>
    /// <exception cref="GatewayException">They are: <see cref="ErrorKind.InputTooLong"/>.</exception>
    public void RefuseMoreThanTheHouse(IReadOnlyList<ScoreItem> units, int voices)
    {
        var (bytes, responses) = (0L, 0L);
        for (var i = 0; i < units.Count; i++)
        {
            bytes += units[i].Bytes;
            responses += units[i].Body.ResponseCount;
        }

        if (voices > 1 && responses * voices > _itemsInFlight)
        {
            throw new GatewayException(
                ErrorKind.InputTooLong,
                $"{responses} responses, each scored by {voices} models, are {responses * voices}; at most {_itemsInFlight} (Gateway:Limits:ItemsInFlight). Send fewer responses at a time.");
        }

        if (bytes > _bytesInFlight)
        {
            throw new GatewayException(
                ErrorKind.InputTooLong,
                $"The texts, each prompt counted once per response, have {bytes} bytes; at most {_bytesInFlight} (Gateway:Limits:BytesInFlight). Send fewer responses at a time.");
        }
    }

    /// <summary>Takes room for responses at a model.</summary>
    /// <exception cref="GatewayException">There is none, or the wait would outlast the client: <see cref="ErrorKind.Overloaded"/>.</exception>
    public void EnterItems(ModelEntry entry, int items, long bytes, TimeSpan patience)
    {
        var wait = entry.Load.ExpectedWait;
        if (wait > patience)
        {
            throw Full($"{entry.Model.Name} has {wait.TotalSeconds:0.#} s of work waiting and this client waits {patience.TotalSeconds:0.#} s", wait - patience);
        }

        if (!TryTake(ref _items, items, _itemsInFlight))
        {
            throw Full($"{Items} responses are in flight and {items} more do not fit Gateway:Limits:ItemsInFlight {_itemsInFlight}", wait);
        }

        entry.Load.Enter(bytes);
    }

    /// <summary>Gives room for responses back.</summary>
    public void LeaveItems(ModelEntry entry, int items, long bytes, (long Bytes, TimeSpan Spent) scored)
    {
        Interlocked.Add(ref _items, -items);
        entry.Load.Leave(bytes, scored.Bytes, scored.Spent);
    }

    private static bool TryTake(ref long taken, long amount, long limit)
    {
        // Never above the limit, not even for a moment: else what does not fit could push out what does.
        var now = Interlocked.Read(ref taken);
        while (now + amount <= limit)
        {
            var before = Interlocked.CompareExchange(ref taken, now + amount, now);
            if (before == now)
            {
                return true;
            }

            now = before;
        }

        return false;
    }

    private static GatewayException Full(string why, TimeSpan retryAfter) => new(
        ErrorKind.Overloaded,
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{why}; try again later."),
        retryAfter: retryAfter > ShortestRetry ? retryAfter : ShortestRetry);
}
