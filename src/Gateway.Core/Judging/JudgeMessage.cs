namespace Gateway.Core.Judging;

/// <summary>One turn of what a judge is sent.</summary>
/// <param name="Role"><c>system</c>, <c>user</c>, <c>assistant</c> or <c>principle</c>.</param>
/// <param name="Text">What it says.</param>
public sealed record JudgeMessage(string Role, string Text);
