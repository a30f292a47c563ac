using Gateway.Core.Aggregation;
using Gateway.Core.Hardening;
using Gateway.Core.Rubrics;

namespace Gateway.Core.Scoring;

/// <summary>Something that gives scores: in process, remote, or a judge.</summary>
public interface IRewardModel
{
    /// <summary>The registry name.</summary>
    string Name { get; }

    /// <summary>A digest of everything that can change a score of the same text.</summary>
    string Revision { get; }

    /// <summary>How many responses it judges at a time.</summary>
    Granularity Granularity { get; }

    /// <summary>What it can be told besides prompt and responses.</summary>
    GuidanceFields Guidance => GuidanceFields.None;

    /// <summary>Why it cannot go by a principle, fit for an error; null where it can.</summary>
    string? ObjectionTo(Principle principle) => null;

    /// <summary>The lowest and highest score of an item with this guidance: what lies beyond is clipped where it is given. Null where scores have no bounds.</summary>
    ScoreRange? RangeOf(Guidance? guidance) => null;

    /// <summary>True where a response's score owes nothing to what can be fooled: it is right, and nobody is asked.</summary>
    /// <param name="item">An item.</param>
    /// <param name="response">Which of its responses.</param>
    bool IsPlainlyRight(ScoreItem item, int response) => false;

    /// <summary>The chat template it reads, where it has one: how the hardener finds the untrusted part of templated text.</summary>
    ChatTemplate? Template { get; }

    /// <summary>True where it reads conversations only, and no templated text.</summary>
    bool NeedsConversation => false;

    /// <summary>The most tokens of one text it reads, where that is known.</summary>
    int? MaxTokens { get; }

    /// <summary>How many models score each response: one, save where it is made of others, and of others again.</summary>
    int Voices => 1;

    /// <summary>How many texts it scores at a time; what waits is shared among so many.</summary>
    int Concurrency { get; }

    /// <summary>
    /// Scores items: one result per response, in order. Trouble with an item is its <see cref="Failure"/>, never an exception; when
    /// <paramref name="cancellation"/> fires, whatever has not begun fails with <see cref="ErrorKind.TimedOut"/> at once. The task ends only
    /// when nothing reads the items' texts any more.
    /// </summary>
    Task<IReadOnlyList<ScoreResult>> ScoreAsync(IReadOnlyList<HardenedItem> items, CancellationToken cancellation);
}
