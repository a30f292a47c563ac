namespace Gateway.Client;

/// <summary>The answer of <c>GET /v1/principles/{name}</c>.</summary>
/// <param name="Name">The name that requests give.</param>
/// <param name="Version">Its version.</param>
/// <param name="Title">Its title.</param>
/// <param name="Digest">A digest of everything that a judge sees of it; another digest can mean other scores.</param>
/// <param name="Text">The words that a judge reads.</param>
/// <param name="Scale">The scores of a judge that gives one number; null where that is left to the judge.</param>
/// <param name="Criteria">Its criteria, in the order in which they are asked.</param>
/// <param name="Styles">The judge styles that it is written for; empty for all.</param>
public sealed record PrincipleReply(
    string Name,
    int Version,
    string Title,
    string Digest,
    string Text,
    ScaleReply? Scale,
    IReadOnlyList<CriterionReply> Criteria,
    IReadOnlyList<string> Styles);

/// <summary>The whole numbers that a judge may give.</summary>
/// <param name="Lowest">The worst.</param>
/// <param name="Highest">The best.</param>
/// <param name="Descriptions">What each means, from the lowest to the highest; empty where nobody said.</param>
public sealed record ScaleReply(int Lowest, int Highest, IReadOnlyList<string> Descriptions);

/// <summary>One question about a response.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Question">The question.</param>
/// <param name="Weight">How much it counts.</param>
/// <param name="Choices">The answers, the first worth 0 and the last 1.</param>
/// <param name="Pitfall">True where the question asks for a fault, so that the first answer is worth 1 and the last 0.</param>
public sealed record CriterionReply(string Name, string Question, double Weight, IReadOnlyList<string> Choices, bool Pitfall);
