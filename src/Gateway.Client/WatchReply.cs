namespace Gateway.Client;

/// <summary>The answer of <c>GET /v1/watch</c>.</summary>
/// <param name="Runs">The watched runs, the one seen last first.</param>
public sealed record WatchReply(IReadOnlyList<WatchedRun> Runs);

/// <summary>One model's responses in one training run.</summary>
/// <param name="Model">The model that scored them.</param>
/// <param name="Run">The run as the client named it; null for responses that named none.</param>
/// <param name="Responses">Scored responses seen.</param>
/// <param name="Now">What the latest of them look like.</param>
/// <param name="Before">What they looked like before, on average; null until one window was full.</param>
/// <param name="Signs">The kinds of alarm whose condition held when the window was last judged.</param>
/// <param name="Alarms">The latest alarm of each kind, oldest first.</param>
public sealed record WatchedRun(
    string Model,
    string? Run,
    long Responses,
    WatchWindowReply Now,
    WatchWindowReply? Before,
    IReadOnlyList<string> Signs,
    IReadOnlyList<WatchAlarm> Alarms);

/// <summary>What a window of responses has in common.</summary>
/// <param name="Responses">Responses in it.</param>
/// <param name="Prompts">Different prompts.</param>
/// <param name="SameShare">The share of prompts that got one same response.</param>
/// <param name="NearSameShare">The share of prompts that got one nearly same response.</param>
/// <param name="MedianBytes">The median length.</param>
/// <param name="MeanScore">The mean raw score.</param>
/// <param name="Diversity">Different responses by responses; 1 where no two are alike.</param>
/// <param name="FindingsPerThousand">Responses with findings, in a thousand.</param>
public sealed record WatchWindowReply(
    int Responses,
    int Prompts,
    double SameShare,
    double NearSameShare,
    double MedianBytes,
    double MeanScore,
    double Diversity,
    double FindingsPerThousand);

/// <summary>A sign that a policy collapses.</summary>
/// <param name="Kind"><c>same_response</c>, <c>near_same_response</c>, <c>shrinking_length</c>, <c>reward_up_diversity_down</c> or <c>findings_rising</c>.</param>
/// <param name="Model">The model that scored.</param>
/// <param name="Run">The run; null where none was named.</param>
/// <param name="At">When it was seen.</param>
/// <param name="Responses">How many responses of the run were seen by then.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Before">The same before; null where there is no before.</param>
/// <param name="Limit">What it passed.</param>
public sealed record WatchAlarm(
    string Kind, string Model, string? Run, DateTimeOffset At, long Responses, double Value, double? Before, double Limit);
