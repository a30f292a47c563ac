using Gateway.Core.Scoring;

namespace Gateway.Server.Upstream.Remote;

/// <summary>A text and the place of its result.</summary>
internal readonly record struct PlacedText(int Place, RemoteText Text);

/// <summary>The texts of one call, and where their results go.</summary>
/// <param name="Texts">The texts.</param>
/// <param name="Results">Where results go, by place.</param>
/// <param name="Encoding">What writing one text took.</param>
/// <param name="Resends">How many calls may be made again, text by text.</param>
internal sealed record RemoteBatch(IReadOnlyList<PlacedText> Texts, ScoreResult[] Results, TimeSpan Encoding, ResendBudget Resends);

/// <summary>How many texts of one request may still be sent again by themselves, so that a broken engine does not get every text twice.</summary>
internal sealed class ResendBudget
{
    /// <summary>At the beginning.</summary>
    public const int Most = 512;

    private int _left = Most;

    /// <summary>Takes so many where there are so many.</summary>
    public bool TryTake(int texts)
    {
        if (Interlocked.Add(ref _left, -texts) >= 0)
        {
            return true;
        }

        Interlocked.Add(ref _left, texts);
        return false;
    }
}

/// <summary>Splits texts into calls within an engine's limits; their order stays.</summary>
internal static class RemoteBatches
{
    /// <summary>The texts of each call.</summary>
    public static IReadOnlyList<IReadOnlyList<PlacedText>> Of(IReadOnlyList<PlacedText> texts, int most, EngineTraits traits)
    {
        var batches = new List<IReadOnlyList<PlacedText>>();
        var groups = traits.OnePrompt ? texts.GroupBy(text => text.Text.Prompt, BytesComparer.Instance) : texts.GroupBy(_ => ReadOnlyMemory<byte>.Empty, BytesComparer.Instance);
        foreach (var group in groups)
        {
            var open = new List<PlacedText>();
            var bytes = 0L;
            foreach (var text in group)
            {
                // Messages go one conversation a call.
                if (open.Count > 0 && (open.Count == most || bytes + text.Text.Bytes > traits.MostBytes || text.Text.Turns.Count > 0 || open[^1].Text.Turns.Count > 0))
                {
                    batches.Add(open);
                    (open, bytes) = ([], 0);
                }

                open.Add(text);
                bytes += text.Text.Bytes;
            }

            batches.Add(open);
        }

        return batches;
    }

    private sealed class BytesComparer : IEqualityComparer<ReadOnlyMemory<byte>>
    {
        public static BytesComparer Instance { get; } = new();

        public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

        public int GetHashCode(ReadOnlyMemory<byte> bytes)
        {
            var hash = new HashCode();
            hash.AddBytes(bytes.Span);
            return hash.ToHashCode();
        }
    }
}
