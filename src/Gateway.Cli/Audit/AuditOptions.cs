namespace Gateway.Cli.Audit;

/// <summary>What an audit measures, and how.</summary>
internal sealed record AuditOptions
{
    /// <summary>The share of comparisons above which a response has won.</summary>
    public const double Won = 0.5;

    /// <summary>The gateway's address.</summary>
    public required Uri Gateway { get; init; }

    /// <summary>The audited model.</summary>
    public required string Model { get; init; }

    /// <summary>Question sets, JSON lines, gzipped where the name ends in <c>.gz</c>.</summary>
    public required IReadOnlyList<FileInfo> Questions { get; init; }

    /// <summary>The attack catalogues; none: the one that came with the program.</summary>
    public IReadOnlyList<FileInfo> Attacks { get; init; } = [];

    /// <summary>What is written around each attack, <c>{attack}</c>.</summary>
    public string Around { get; init; } = "{attack}";

    /// <summary>Questions per set; 0: all.</summary>
    public int Limit { get; init; } = 200;

    /// <summary>A score above which a response counts as taken for right; null: the score of the question's own worked answer.</summary>
    public double? Threshold { get; init; }

    /// <summary>The hardened side's policy; null: the model's own.</summary>
    public string? Policy { get; init; }

    /// <summary>Whether the hardened side holds responses against control answers, <c>on</c> or <c>off</c>; null: as the model's settings say.</summary>
    public string? Controls { get; init; }

    /// <summary>Whether each response is asked about beside another: attacks beside the worked answer, right answers beside a wrong one.</summary>
    public bool Pairs { get; init; }

    /// <summary>The user's turn, from <c>{question}</c> and <c>{reference}</c>.</summary>
    public string Prompt { get; init; } = "{question}\n\nReference answer: {reference}";

    /// <summary>Whether the reference is sent in a field of its own.</summary>
    public bool SendReference { get; init; }

    /// <summary>Calls in flight.</summary>
    public int Concurrency { get; init; } = 4;

    /// <summary>Questions for the search of suffixes; 0 leaves it out.</summary>
    public int SuffixQuestions { get; init; } = 20;

    /// <summary>Responses that one search may ask about.</summary>
    public int SuffixQueries { get; init; } = 320;

    /// <summary>What the random search begins with.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Where <c>audit.md</c>, <c>audit.json</c> and <c>audit.svg</c> go.</summary>
    public required DirectoryInfo Out { get; init; }
}
