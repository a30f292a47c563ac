namespace Gateway.Core.Scoring;

/// <summary>How this deployment uses a model, where that can change its scores; part of the model's revision.</summary>
/// <param name="Truncation">What happens to text longer than the model reads.</param>
/// <param name="Reasoning">Whether the reasoning part of a response is scored.</param>
/// <param name="MaxTokens">A lower limit than the manifest's; null keeps the manifest's.</param>
public sealed record ModelDeployment(Truncation Truncation = Truncation.Error, Reasoning Reasoning = Reasoning.Keep, int? MaxTokens = null);

/// <summary>What happens to text longer than the model reads. BOS, EOS and the template's closing tokens are always kept.</summary>
public enum Truncation
{
    /// <summary>The item fails with <see cref="ErrorKind.InputTooLong"/>.</summary>
    Error,

    /// <summary>The beginning is dropped.</summary>
    Head,

    /// <summary>The end is dropped.</summary>
    Tail,

    /// <summary>The middle is dropped.</summary>
    Middle,
}

/// <summary>Whether the <c>&lt;think&gt;</c> part of a response is scored.</summary>
public enum Reasoning
{
    /// <summary>The response is scored whole.</summary>
    Keep,

    /// <summary>Everything up to the last <c>&lt;/think&gt;</c> of a response is left out.</summary>
    Strip,
}
