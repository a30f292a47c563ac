using System.Globalization;

namespace Gateway.Core.Judging.Verdicts;

/// <summary>A verdict that is one JSON object, read strictly: what it does not state exactly, it does not state.</summary>
public sealed class VerdictJson
{
    private const int MostCharacters = 1 << 20;

    private readonly Dictionary<string, string> _members;

    private VerdictJson(Dictionary<string, string> members) => _members = members;

    /// <summary>The last complete JSON object of the text that has all those keys, in a fence or not.</summary>
    /// <param name="text">What <see cref="VerdictText.Of"/> gave.</param>
    /// <param name="keys">The keys that decide; other keys may stand beside them.</param>
    /// <param name="others">What others wrote and the judge was sent: an object that stands in one of these texts, white space aside, is quoted or echoed, and no verdict.</param>
    /// <exception cref="UnreadableVerdictException">There is none, two contradict each other in a key that decides, or a key stands twice in one.</exception>
    public static VerdictJson Last(string text, IReadOnlyList<string> keys, IReadOnlyList<string>? others = null)
    {
        var quoted = new OtherPeoplesObjects(others ?? []);
        VerdictJson? last = null;
        foreach (var place in ObjectSearch.TopLevel(text))
        {
            if (Of(text[place], keys, quoted) is not { } verdict)
            {
                continue;
            }

            if (last is not null && !keys.All(key => Compact.Of(last._members[key]) == Compact.Of(verdict._members[key])))
            {
                throw new UnreadableVerdictException("The reply holds verdicts that contradict each other; give one JSON object only.");
            }

            last = verdict;
        }

        return last ?? throw new UnreadableVerdictException(
            $"The reply holds no complete JSON object of the judge's own with the {(keys.Count == 1 ? "key" : "keys")} {string.Join(", ", keys)}.");
    }

    /// <summary>Whether the object has the key.</summary>
    public bool Has(string key) => _members.ContainsKey(key);

    /// <summary>A whole number, written as one: neither in quotes nor with a decimal point or an exponent.</summary>
    /// <exception cref="UnreadableVerdictException">The key is missing, or its value is something else or outside of the scale.</exception>
    public int Whole(string key, int lowest, int highest) =>
        AsWhole(Required(key), lowest, highest) ?? throw Fault(key, $"a whole number from {lowest} to {highest}");

    /// <summary><c>true</c> or <c>false</c>, not in quotes.</summary>
    /// <exception cref="UnreadableVerdictException">The key is missing, or its value is something else.</exception>
    public bool Truth(string key) => Required(key) switch
    {
        "true" => true,
        "false" => false,
        _ => throw Fault(key, "true or false"),
    };

    /// <summary>The place among <paramref name="words"/> of the one that the key says, letter for letter.</summary>
    /// <exception cref="UnreadableVerdictException">The key is missing, or its value is none of them.</exception>
    public int OneOf(string key, IReadOnlyList<string> words)
    {
        var said = AsText(Required(key));
        for (var i = 0; i < words.Count; i++)
        {
            if (words[i] == said)
            {
                return i;
            }
        }

        throw Fault(key, "one of " + string.Join(", ", words.Select(word => '"' + word + '"')));
    }

    /// <summary>What the key holds, as JSON.</summary>
    /// <exception cref="UnreadableVerdictException">The key is missing.</exception>
    public string Raw(string key) => Required(key);

    /// <summary>What the key says in words; half a surrogate pair in it becomes U+FFFD.</summary>
    /// <exception cref="UnreadableVerdictException">The key is missing, or its value is no text or an empty one.</exception>
    public string Text(string key) => AsText(Required(key)) is { } said && !string.IsNullOrWhiteSpace(said) ? said : throw Fault(key, "a text");

    /// <summary>The score of each id, in the order of <paramref name="ids"/>, from an object that has exactly those keys.</summary>
    /// <exception cref="UnreadableVerdictException">The key is missing, an id is missing, twice there or unknown, or a score is none.</exception>
    public IReadOnlyList<int> Scores(string key, IReadOnlyList<string> ids, int lowest, int highest)
    {
        var asked = $"an object that gives each of the {ids.Count} ids once a whole number from {lowest} to {highest}";
        var value = Required(key);
        if (!value.StartsWith('{'))
        {
            throw Fault(key, asked);
        }

        if (!JsonMembers.TryOf(value, out var given) || given.Count != ids.Count)
        {
            throw Fault(key, asked);
        }

        return [.. ids.Select(id => given.TryGetValue(id, out var said) && AsWhole(said, lowest, highest) is { } score ? score : throw Fault(key, asked))];
    }

    /// <summary>The places in <paramref name="ids"/> from best to worst, from a list that holds each id once.</summary>
    /// <param name="key">The key of the list.</param>
    /// <param name="ids">The ids to be ranked.</param>
    /// <param name="scores">Their scores, in the same order, which the ranking must not contradict: no lower one before a higher; null where there are none.</param>
    /// <exception cref="UnreadableVerdictException">The key is missing, the list is no permutation of the ids, or it contradicts the scores.</exception>
    public IReadOnlyList<int> Ranking(string key, IReadOnlyList<string> ids, IReadOnlyList<int>? scores = null)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < ids.Count; i++)
        {
            places.Add(ids[i], i);
        }

        var ranking = new List<int>(ids.Count);
        var value = Required(key);
        foreach (var item in value.StartsWith('[') ? JsonMembers.Items(value) : [])
        {
            ranking.Add(AsText(item) is { } id && places.Remove(id, out var place) ? place : throw Fault(key, "a list that holds each id once"));
        }

        if (places.Count > 0)
        {
            throw Fault(key, "a list that holds each id once");
        }

        for (var i = 1; i < ranking.Count && scores is not null; i++)
        {
            if (scores[ranking[i - 1]] < scores[ranking[i]])
            {
                throw new UnreadableVerdictException($"\"{key}\" puts a lower score before a higher one.");
            }
        }

        return ranking;
    }

    // Null where the object has not all the keys, describes one of them instead of giving it, as a schema does, or is not the judge's own.
    private static VerdictJson? Of(string text, IReadOnlyList<string> keys, OtherPeoplesObjects others)
    {
        if (text.Length > MostCharacters)
        {
            throw new UnreadableVerdictException("The reply holds an object that is too large for a verdict.");
        }

        var isSound = JsonMembers.TryOf(text, out var members);
        if (!keys.All(key => members.TryGetValue(key, out var value) && !IsSchema(value)) || others.Holds(text))
        {
            return null;
        }

        return isSound ? new VerdictJson(members) : throw new UnreadableVerdictException("A key stands twice in the JSON object.");
    }

    private static bool IsSchema(string value)
    {
        if (!value.StartsWith('{'))
        {
            return false;
        }

        JsonMembers.TryOf(value, out var members);
        return members.ContainsKey("type") || members.ContainsKey("$ref") || members.ContainsKey("enum");
    }

    private static int? AsWhole(string value, int lowest, int highest) =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) && whole >= lowest && whole <= highest ? whole : null;

    private static string? AsText(string value) => value.StartsWith('"') ? JsonScan.Decode(value) : null;

    private string Required(string key) => _members.TryGetValue(key, out var value) ? value : throw new UnreadableVerdictException($"\"{key}\" is missing.");

    private static UnreadableVerdictException Fault(string key, string asked) => new($"\"{key}\" must be {asked}.");
}
