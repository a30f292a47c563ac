namespace Gateway.Core.Judging;

/// <summary>Something that a prompt leaves open, and what whoever asked is taken to say when asked back.</summary>
/// <param name="Question">The question.</param>
/// <param name="Answer">The one of its plausible answers that was drawn.</param>
public sealed record AnsweredQuestion(string Question, string Answer);
