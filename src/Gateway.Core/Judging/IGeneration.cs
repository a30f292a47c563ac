namespace Gateway.Core.Judging;

/// <summary>What a judge writes for a prompt before it sees a response, so that all responses to it are judged by the same: how it is asked, and what is kept.</summary>
public interface IGeneration
{
    /// <summary>What it is, in a word.</summary>
    string Kind { get; }

    /// <summary>Everything that can change what is written and is not in the manifest.</summary>
    string Identity { get; }

    /// <summary>What of an item the generator is shown; never a response or the reference.</summary>
    JudgeCase Shown(JudgeCase judged);

    /// <summary>The question to the generator.</summary>
    JudgeCall BuildCall(JudgeCase shown);

    /// <summary>The text in a reply, as it is kept.</summary>
    /// <exception cref="UnreadableVerdictException">There is nothing in it that can be used.</exception>
    string Read(JudgeCase shown, JudgeCall call, JudgeReply reply);

    /// <summary>The item, to be judged by a kept text.</summary>
    /// <exception cref="UnreadableVerdictException">It cannot be used.</exception>
    JudgeCase Apply(JudgeCase judged, string text);
}
