using Gateway.Core.Scoring;

namespace Gateway.Server.Upstream.Remote;

/// <summary>A text and the place of its result.</summary>
internal readonly record struct PlacedText(int Place, RemoteText Text);

/// <summary>The texts of one call, and where their results go.</summary>
/// <param name="Texts">The texts.</param>
/// <param name="Results">Where results go, by place.</param>
/// <param name="Encoding">What writing one text took.</param>
/// <param name="Resends">How many calls may be made again, text by text.</param>
internal sealed record RemoteBatch(IReadOnlyList<PlacedText> Texts, ScoreResult[] Results, TimeSpan Encoding, ResendBudget Resends)
{
    /// <summary>Until when the results are waited for; null where that is not known.</summary>
    public Deadline? Deadline { get; init; }
}

/// <summary>How many texts of one request may still be sent again by themselves, so that a broken engine does not get every text twice.</summary>
internal sealed class ResendBudget
{
    /// <summary>At the beginning.</summary>
    public const int Most = 512;

    private int _left = Most;
    private volatile bool _engineFails;

    /// <summary>True once texts sent by themselves failed as their batch had, so that the engine and no text is the cause.</summary>
    public bool EngineFails => _engineFails;

    /// <summary>No text is run again from here on.</summary>
    public void Stop() => _engineFails = true;

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

/// <summary>Splits texts into calls within an engine's limits; responses to one prompt go together where they fit a call.</summary>
internal static class RemoteBatches
{
    /// <summary>The texts of each call.</summary>
    public static IReadOnlyList<IReadOnlyList<PlacedText>> Of(IReadOnlyList<PlacedText> texts, int most, EngineTraits traits)
    {
        var batches = new List<IReadOnlyList<PlacedText>>();
        var open = new List<PlacedText>();
        var bytes = 0L;
        foreach (var prompt in ByPrompt(texts, traits))
        {
            // A prompt that is cut in two is read by two destinations.
            if (traits.OnePrompt || open.Count + prompt.Length > most)
            {
                Close();
            }

            foreach (var text in prompt)
            {
                // Messages go one conversation a call.
                if (open.Count > 0 && (open.Count == most || bytes + text.Text.Bytes > traits.MostBytes || text.Text.Turns.Count > 0 || open[^1].Text.Turns.Count > 0))
                {
                    Close();
                }

                open.Add(text);
                bytes += text.Text.Bytes;
            }
        }

        Close();
        return batches;

        void Close()
        {
            if (open.Count > 0)
            {
                batches.Add(open);
                (open, bytes) = ([], 0);
            }
        }
    }

    private static IEnumerable<PlacedText[]> ByPrompt(IReadOnlyList<PlacedText> texts, EngineTraits traits) => traits.OnePrompt
        ? texts.GroupBy(text => text.Text.Prompt, BytesComparer.Instance).Select(group => group.ToArray())
        : texts.GroupBy(text => text.Text.Prefix).Select(group => group.ToArray());

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
