namespace Gateway.Core.Judging;

/// <summary>Text that may stand in a judge's prompt: only a <see cref="JudgeCase"/> makes it, so that nothing gets there unbroken and unfenced.</summary>
public sealed class PromptText
{
    internal PromptText(string text) => Text = text;

    /// <summary>The text as it stands in the prompt.</summary>
    internal string Text { get; }
}
