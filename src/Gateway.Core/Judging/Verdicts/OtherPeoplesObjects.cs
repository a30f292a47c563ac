namespace Gateway.Core.Judging.Verdicts;

/// <summary>The objects that a judge may repeat but did not make: those of the judged texts and those that its prompt showed.</summary>
internal sealed class OtherPeoplesObjects(IReadOnlyList<string> judged, IReadOnlyList<string> shown)
{
    // Each question costs the length of the judged texts.
    private const int MostAsked = 64;

    private int _asked;
    private string[]? _judged;
    private string[]? _shown;

    /// <summary>Whether the object stands in a judged text or was shown, white space aside.</summary>
    /// <exception cref="UnreadableVerdictException">It was asked about too many objects.</exception>
    public bool Holds(string json)
    {
        if (++_asked > MostAsked)
        {
            throw new UnreadableVerdictException("The reply holds too many verdicts; give one JSON object only.");
        }

        _judged ??= [.. judged.Select(Compact.Of)];
        _shown ??= [.. shown.Select(Compact.Of)];
        var compact = Compact.Of(json);
        return _judged.Any(text => text.Contains(compact, StringComparison.Ordinal)) || _shown.Contains(compact);
    }
}
