namespace Gateway.Client;

/// <summary>The answer of <c>GET /v1/principles</c>.</summary>
/// <param name="Principles">The principles in force, sorted by name.</param>
/// <param name="Faults">What keeps the files as they are now from being used; while there are any, the principles are those from before.</param>
public sealed record PrincipleList(IReadOnlyList<PrincipleCard> Principles, IReadOnlyList<PrincipleFault> Faults);

/// <summary>One principle without its text.</summary>
/// <param name="Name">The name that requests give.</param>
/// <param name="Version">Its version.</param>
/// <param name="Title">Its title.</param>
/// <param name="Digest">A digest of everything that a judge sees of it; another digest can mean other scores.</param>
/// <param name="Scale">The scores of a judge that gives one number; null where that is left to the judge.</param>
/// <param name="Criteria">The names of its criteria.</param>
/// <param name="Styles">The judge styles that it is written for; empty for all.</param>
/// <param name="TextLength">How many UTF-16 units its text has.</param>
public sealed record PrincipleCard(
    string Name,
    int Version,
    string Title,
    string Digest,
    ScaleReply? Scale,
    IReadOnlyList<string> Criteria,
    IReadOnlyList<string> Styles,
    int TextLength);

/// <summary>One fault of a file.</summary>
/// <param name="File">The file's name; empty for the folder as a whole.</param>
/// <param name="Line">The line, from 1; null for the file as a whole.</param>
/// <param name="Key">The key's path; null where no key is meant.</param>
/// <param name="Message">What is wrong, and what to do.</param>
public sealed record PrincipleFault(string File, int? Line, string? Key, string Message);
