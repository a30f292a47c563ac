namespace Gateway.Core.Judging;

/// <summary>In which form text that is judged enters a prompt.</summary>
public enum UntrustedForm
{
    /// <summary>Between two marks with a number that the text does not hold and nobody can foretell.</summary>
    Fence,

    /// <summary>As a JSON string.</summary>
    Json,

    /// <summary>As it is, save for control tokens: only for trained judges, whose format has no room for anything else.</summary>
    Plain,
}
