namespace Gateway.Core.Judging.Verdicts;

/// <summary>Takes apart objects and lists that <see cref="JsonScan"/> found complete.</summary>
internal static class JsonMembers
{
    /// <summary>The keys of a complete object with their values as they were written; false where a key stands twice, and the first one is kept.</summary>
    public static bool TryOf(string json, out Dictionary<string, string> members)
    {
        members = new Dictionary<string, string>(StringComparer.Ordinal);
        var isSound = true;
        for (var at = JsonScan.Blank(json, 1); json[at] != '}';)
        {
            var end = JsonScan.Text(json, at);
            var value = JsonScan.Blank(json, JsonScan.Blank(json, end) + 1);
            isSound &= members.TryAdd(JsonScan.Decode(json.AsSpan(at..end)), Taken(json, ref value));
            at = value;
        }

        return isSound;
    }

    /// <summary>The items of a list as they were written.</summary>
    public static IEnumerable<string> Items(string json)
    {
        for (var at = JsonScan.Blank(json, 1); json[at] != ']';)
        {
            yield return Taken(json, ref at);
        }
    }

    // The value that begins there; moves on to the next one, or to the bracket that closes.
    private static string Taken(string json, ref int at)
    {
        var end = JsonScan.Value(json, at);
        var value = json[at..end];
        at = JsonScan.Blank(json, end);
        at = json[at] == ',' ? JsonScan.Blank(json, at + 1) : at;
        return value;
    }
}
