namespace Gateway.Core.Judging.Verdicts;

/// <summary>The marks by which models set their reasoning apart inside one text; matched whatever their case.</summary>
internal static class ReasoningMarks
{
    /// <summary>What opens a reasoning block.</summary>
    public static IReadOnlyList<string> Opens { get; } =
    [
        "<think>", "<thinking>", "<reasoning>", "<thought>", "<seed:think>", "[THINK]", "◁think▷", "<|begin_of_thought|>", "<|START_THINKING|>",
        "<|channel|>analysis", "<|channel|>commentary", "<|start|>assistant<|channel|>analysis",
    ];

    /// <summary>What ends it, so that the answer follows.</summary>
    public static IReadOnlyList<string> Closes { get; } =
    [
        "</think>", "</thinking>", "</reasoning>", "</thought>", "</seed:think>", "[/THINK]", "◁/think▷", "<|end_of_thought|>", "<|END_THINKING|>",
        "<|channel|>final<|message|>",
    ];

    /// <summary>What a model's template writes behind an answer.</summary>
    public static IReadOnlyList<string> Ends { get; } = ["<|return|>", "<|end|>", "<|im_end|>", "<|eot_id|>", "<|endoftext|>", "</s>"];
}
