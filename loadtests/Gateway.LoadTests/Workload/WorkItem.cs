namespace Gateway.LoadTests.Workload;

/// <summary>One thing to score.</summary>
/// <param name="Prompt">The one user turn.</param>
/// <param name="Response">The judged answer.</param>
internal sealed record WorkItem(string Prompt, string Response)
{
    /// <summary>The conversation as ChatML text behind its BOS: what an RL loop sends to OpenRLHF's route.</summary>
    public string Query => $"{QueryPrompt}{Response}<|im_end|>\n";

    /// <summary>The part of <see cref="Query"/> before the response.</summary>
    public string QueryPrompt => $"<s><|im_start|>user\n{Prompt}<|im_end|>\n<|im_start|>assistant\n";
}
