using System.IO.Hashing;
using Gateway.Core.Scoring;

namespace Gateway.Server.Upstream;

/// <summary>
/// What a call's prompt begins with, as a chain of up to four hashes from the shortest shared beginning (a system prompt) to the longest (the
/// whole prompt). Calls with equal links share that much of a replica's prefix cache.
/// </summary>
internal readonly struct PromptPrefix : IEquatable<PromptPrefix>
{
    /// <summary>The most links of a chain.</summary>
    public const int MostLinks = 4;

    // What flat text is cut at, in bytes: a shared beginning shorter than the first is not worth a detour.
    private static readonly int[] Cuts = [256, 1024, 4096, 16_384];

    private readonly ulong _first;
    private readonly ulong _second;
    private readonly ulong _third;
    private readonly ulong _fourth;

    private PromptPrefix(int count, ulong first, ulong second, ulong third, ulong fourth) =>
        (Count, _first, _second, _third, _fourth) = (count, first, second, third, fourth);

    /// <summary>Shares nothing.</summary>
    public static PromptPrefix None => default;

    /// <summary>How many links there are.</summary>
    public int Count { get; }

    /// <summary>A link, the shortest beginning first.</summary>
    public ulong this[int link] => link switch { 0 => _first, 1 => _second, 2 => _third, _ => _fourth };

    /// <summary>The chain with a longer beginning; a fifth link and later ones take the place of the fourth.</summary>
    public PromptPrefix Then(ReadOnlySpan<byte> text)
    {
        var link = XxHash3.HashToUInt64(text, Count == 0 ? 0 : (long)this[Count - 1]);
        return Count switch
        {
            0 => new PromptPrefix(1, link, 0, 0, 0),
            1 => new PromptPrefix(2, _first, link, 0, 0),
            2 => new PromptPrefix(3, _first, _second, link, 0),
            _ => new PromptPrefix(4, _first, _second, _third, link),
        };
    }

    /// <summary>The links that both chains begin with.</summary>
    public PromptPrefix Shared(PromptPrefix other)
    {
        var count = 0;
        while (count < Count && count < other.Count && this[count] == other[count])
        {
            count++;
        }

        return count == Count ? this : new PromptPrefix(
            count, count > 0 ? _first : 0, count > 1 ? _second : 0, count > 2 ? _third : 0, 0);
    }

    /// <summary>The chain of an item: its first turn, then its whole prompt; of templated text its prompt, or where that is unknown the text's beginning.</summary>
    public static PromptPrefix Of(ItemBody body) => body switch
    {
        ItemBody.Conversation { Prompt: var turns } => Of(turns),
        ItemBody.Templated { Prompt: { } prompt } => OfText(prompt.Span).Then(prompt.Span),
        ItemBody.Templated { Text: var text } => OfText(text.Span),
        _ => None,
    };

    /// <summary>The chain of flat text: its beginnings of 256, 1,024, 4,096 and 16,384 bytes, as far as it has them.</summary>
    public static PromptPrefix OfText(ReadOnlySpan<byte> text)
    {
        var chain = None;
        var start = 0;
        foreach (var cut in Cuts)
        {
            if (text.Length < cut)
            {
                break;
            }

            chain = chain.Then(text[start..cut]);
            start = cut;
        }

        return chain;
    }

    /// <inheritdoc/>
    public bool Equals(PromptPrefix other) =>
        (Count, _first, _second, _third, _fourth) == (other.Count, other._first, other._second, other._third, other._fourth);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PromptPrefix other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Count, _first, _second, _third, _fourth);

    private static PromptPrefix Of(IReadOnlyList<Message> turns)
    {
        if (turns.Count == 0)
        {
            return None;
        }

        var chain = None.Then(turns[0].Content.Span);
        if (turns.Count == 1)
        {
            return chain;
        }

        var whole = new XxHash3();
        for (var i = 1; i < turns.Count; i++)
        {
            whole.Append(turns[i].Content.Span);
        }

        Span<byte> digest = stackalloc byte[sizeof(ulong)];
        whole.GetCurrentHash(digest);
        return chain.Then(digest);
    }
}
