namespace Gateway.Core.Judging.Verdicts;

/// <summary>The objects that a judge may repeat but did not make: those that stand in the texts it was sent.</summary>
internal sealed class OtherPeoplesObjects(IReadOnlyList<string> texts)
{
    // Each question costs the length of the texts.
    private const int MostAsked = 64;

    private int _asked;
    private string[]? _texts;

    /// <summary>Whether the object stands in one of the texts, white space aside.</summary>
    /// <exception cref="UnreadableVerdictException">It was asked about too many objects.</exception>
    public bool Holds(string json)
    {
        if (++_asked > MostAsked)
        {
            throw new UnreadableVerdictException("The reply holds too many verdicts; give one JSON object only.");
        }

        _texts ??= [.. texts.Select(Compact.Of)];
        var compact = Compact.Of(json);
        return _texts.Any(text => text.Contains(compact, StringComparison.Ordinal));
    }
}
