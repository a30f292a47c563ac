namespace Gateway.Client;

/// <summary>An error of a native route: RFC 9457 problem details with the error's kind and every single fault.</summary>
/// <param name="Type">A name for the kind of problem.</param>
/// <param name="Title">The kind in words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What, which value, what to do.</param>
/// <param name="Kind">The error kind, such as <c>invalid_request</c>.</param>
/// <param name="Errors">Each single fault by its JSON path.</param>
public sealed record Problem(string Type, string Title, int Status, string Detail, string Kind, IReadOnlyList<ProblemError>? Errors);

/// <summary>One fault of a request body.</summary>
/// <param name="Path">Where, as a JSON path such as <c>$.items[2].responses</c>.</param>
/// <param name="Message">What is wrong there.</param>
public sealed record ProblemError(string Path, string Message);
