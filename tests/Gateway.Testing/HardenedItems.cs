using System.Text;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Testing;

/// <summary>Makes items that passed a hardener of no rules, as short as tests want it.</summary>
public static class HardenedItems
{
    private static readonly Hardener Hardener = new([]);

    /// <summary>An item of any body.</summary>
    public static HardenedItem Of(ItemBody body) => Hardener.Harden(new ScoreItem(body), null);

    /// <summary>A user's prompt with its responses.</summary>
    public static HardenedItem Conversation(string prompt, params string[] responses) =>
        Of(new ItemBody.Conversation([new Message(Message.User, new Utf8Text(prompt))], [.. responses.Select(response => new Utf8Text(response))]));

    /// <summary>Templated text, with its templated prompt where the client sent one.</summary>
    public static HardenedItem Templated(string text, string? prompt = null) =>
        Of(new ItemBody.Templated(new Utf8Text(text), prompt is null ? null : new Utf8Text(prompt)));

    /// <summary>Token ids.</summary>
    public static HardenedItem Ids(params int[] ids) => Of(new ItemBody.TokenIds(ids));

    /// <summary>A text whose memory belongs to a lease.</summary>
    public static Utf8Text Leased(TextLease lease, string text)
    {
        var length = Encoding.UTF8.GetBytes(text, lease.Reserve(Encoding.UTF8.GetByteCount(text)));
        return lease.Commit(length);
    }
}
