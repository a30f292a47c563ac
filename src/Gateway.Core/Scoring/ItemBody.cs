namespace Gateway.Core.Scoring;

/// <summary>What is judged: a closed union of <see cref="Conversation"/>, <see cref="Templated"/> and <see cref="TokenIds"/>.</summary>
public abstract record ItemBody
{
    private ItemBody()
    {
    }

    /// <summary>The case's number in a <see cref="ScoreKey"/>. Internal, so that no other assembly can complete a case of its own.</summary>
    internal abstract int Case { get; }

    /// <summary>How many responses this body holds, and so how many results it gets.</summary>
    public abstract int ResponseCount { get; }

    /// <summary>Bytes of text, or the same measure for token ids; what admission counts.</summary>
    public abstract long Bytes { get; }

    /// <summary>This body in memory of its own; what <paramref name="sibling"/> copied already of the same item is shared.</summary>
    internal abstract ItemBody ToOwned((ItemBody Leased, ItemBody Owned)? sibling);

    /// <summary>A prompt of messages and the responses to it.</summary>
    /// <param name="Prompt">The turns before the response, oldest first.</param>
    /// <param name="Responses">The candidates, in the client's order.</param>
    public sealed record Conversation(IReadOnlyList<Message> Prompt, IReadOnlyList<Utf8Text> Responses) : ItemBody
    {
        internal override int Case => 1;

        /// <inheritdoc/>
        public override int ResponseCount => Responses.Count;

        /// <inheritdoc/>
        public override long Bytes
        {
            get
            {
                var bytes = 0L;
                for (var i = 0; i < Prompt.Count; i++)
                {
                    bytes += Prompt[i].Content.Length;
                }

                for (var i = 0; i < Responses.Count; i++)
                {
                    bytes += Responses[i].Length;
                }

                return bytes;
            }
        }

        internal override ItemBody ToOwned((ItemBody Leased, ItemBody Owned)? sibling)
        {
            // The responses to one prompt become units that share its list.
            var prompt = sibling is (Conversation leased, Conversation owned) && ReferenceEquals(leased.Prompt, Prompt)
                ? owned.Prompt
                : [.. Prompt.Select(turn => turn with { Content = turn.Content.ToOwned() })];
            return new Conversation(prompt, [.. Responses.Select(response => response.ToOwned())]);
        }
    }

    /// <summary>Text that already went through a chat template.</summary>
    /// <param name="Text">The whole text, control tokens included.</param>
    /// <param name="Prompt">The templated prompt where the client sent it; what follows it in <paramref name="Text"/> is the response.</param>
    public sealed record Templated(Utf8Text Text, Utf8Text? Prompt) : ItemBody
    {
        internal override int Case => 2;

        /// <inheritdoc/>
        public override int ResponseCount => 1;

        /// <inheritdoc/>
        public override long Bytes => Text.Length;

        internal override ItemBody ToOwned((ItemBody Leased, ItemBody Owned)? sibling) => new Templated(Text.ToOwned(), Prompt?.ToOwned());
    }

    /// <summary>Token ids of the model's own vocabulary; for local models only.</summary>
    /// <param name="Ids">The ids in order.</param>
    public sealed record TokenIds(IReadOnlyList<int> Ids) : ItemBody
    {
        internal override int Case => 3;

        /// <inheritdoc/>
        public override int ResponseCount => 1;

        /// <inheritdoc/>
        public override long Bytes => Ids.Count * (long)sizeof(int);

        internal override ItemBody ToOwned((ItemBody Leased, ItemBody Owned)? sibling) => this;
    }
}
