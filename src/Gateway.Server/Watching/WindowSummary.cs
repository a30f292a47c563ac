namespace Gateway.Server.Watching;

/// <summary>What the latest responses of a run have in common. Exact counts over the window, no estimates, save that bands stand for nearness.</summary>
internal readonly record struct WindowSummary
{
    /// <summary>Responses looked at.</summary>
    public int Responses { get; init; }

    /// <summary>Different prompts among them.</summary>
    public int Prompts { get; init; }

    /// <summary>The share of prompts that got the most frequent response.</summary>
    public double Same { get; init; }

    /// <summary>The share of prompts that got the most frequent response or one nearly like it; never below <see cref="Same"/>.</summary>
    public double NearSame { get; init; }

    /// <summary>The median length in bytes.</summary>
    public double MedianBytes { get; init; }

    /// <summary>The mean raw score.</summary>
    public double MeanScore { get; init; }

    /// <summary>The variance of the raw scores.</summary>
    public double ScoreVariance { get; init; }

    /// <summary>Different responses, nearly like ones counted once, by responses: 1 where no two are alike.</summary>
    public double Diversity { get; init; }

    /// <summary>Responses with findings, in a thousand.</summary>
    public double FindingsPerThousand { get; init; }
}
