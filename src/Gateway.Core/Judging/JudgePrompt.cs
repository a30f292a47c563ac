using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Gateway.Core.Manifest;
using Gateway.Core.Scoring;

namespace Gateway.Core.Judging;

/// <summary>
/// A prompt as a text file. A line <c>=== system ===</c>, <c>=== user ===</c>, <c>=== assistant ===</c> or, for the models that were trained on that role,
/// <c>=== principle ===</c> begins a turn; <c>{{name}}</c> is replaced by a value, once and never again within what was put in;
/// <c>{{#name}}…{{/name}}</c> stands only where there is that value and <c>{{^name}}…{{/name}}</c> only where there is none.
/// </summary>
public sealed partial class JudgePrompt
{
    private readonly IReadOnlyList<Turn> _turns;

    private JudgePrompt(string text, IReadOnlyList<Turn> turns)
    {
        Text = text;
        _turns = turns;
    }

    /// <summary>The file's text; part of a judge's revision.</summary>
    public string Text { get; }

    /// <summary>Reads a prompt; what is wrong with it is added to <paramref name="problems"/>.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="names">The values that there may be.</param>
    /// <param name="problems">Where problems are added, each with its line.</param>
    public static JudgePrompt Read(string text, IReadOnlyCollection<string> names, List<string> problems)
    {
        text = text.ReplaceLineEndings("\n");
        var turns = new List<Turn>();
        var marks = TurnMark.Matches(text).ToArray();
        if (marks.Length == 0 || text[..marks[0].Index].Trim().Length > 0)
        {
            problems.Add("the prompt does not begin with a line '=== system ===' or '=== user ==='; write one.");
            return new JudgePrompt(text, turns);
        }

        for (var i = 0; i < marks.Length; i++)
        {
            var from = marks[i].Index + marks[i].Length;
            var to = i + 1 < marks.Length ? marks[i + 1].Index : text.Length;
            // The line feed before the next mark, or at the file's end, belongs to the file and not to the turn.
            var end = to > from && text[to - 1] == '\n' ? to - 1 : to;
            turns.Add(new Turn(marks[i].Groups["role"].Value, Parts(text, from, end, names, problems)));
        }

        if (turns[^1].Role is not ("user" or "principle"))
        {
            problems.Add($"the prompt's last turn is of '{turns[^1].Role}'; a judge answers a user, so end with '=== user ==='.");
        }

        return new JudgePrompt(text, turns);
    }

    /// <summary>Whether the value is put in anywhere.</summary>
    public bool Shows(string name) => _turns.Any(turn => turn.Parts.Any(part => part.Value == name));

    /// <summary>Whether nothing can be written without the value.</summary>
    public bool Needs(string name) => _turns.Any(turn => turn.Parts.Any(part => part.Value == name && part.Conditions.Count == 0));

    /// <summary>What a judge is sent.</summary>
    /// <exception cref="GatewayException">The prompt needs a value that the request has not: <see cref="ErrorKind.InvalidRequest"/>.</exception>
    public IReadOnlyList<JudgeMessage> Write(IReadOnlyDictionary<string, PromptText> values) => [.. _turns.Select(turn => Write(turn, values))];

    [GeneratedRegex(@"^=== (?<role>system|user|assistant|principle) ===\n", RegexOptions.Multiline)]
    private static partial Regex TurnMark { get; }

    [GeneratedRegex(@"\{\{(?<mark>[#^/]?)(?<name>[a-z0-9_]+)\}\}")]
    private static partial Regex Place { get; }

    private static JudgeMessage Write(Turn turn, IReadOnlyDictionary<string, PromptText> values)
    {
        var texts = new List<string>(turn.Parts.Count);
        foreach (var part in turn.Parts)
        {
            if (!part.Conditions.All(condition => values.ContainsKey(condition.Name) == condition.IsThere))
            {
                continue;
            }

            texts.Add(part.Value is not { } name ? part.Literal
                : values.TryGetValue(name, out var value) ? value.Text
                : throw new GatewayException(ErrorKind.InvalidRequest, $"this judge's prompt needs '{name}', which the item has not; send it."));
        }

        return new JudgeMessage(turn.Role, string.Concat(CollectionsMarshal.AsSpan(texts)));
    }

    private static List<Part> Parts(string text, int from, int to, IReadOnlyCollection<string> names, List<string> problems)
    {
        var parts = new List<Part>();
        var open = new List<Condition>();
        var at = from;
        foreach (var place in Place.Matches(text[..to]).Where(match => match.Index >= from))
        {
            Literal(place.Index);
            at = place.Index + place.Length;
            var name = place.Groups["name"].Value;
            var line = text.AsSpan(0, place.Index).Count('\n') + 1;
            if (!names.Contains(name))
            {
                problems.Add($"line {line} of the prompt: there is no value '{name}'; {Nearest.Hint(name, names)}");
            }

            switch (place.Groups["mark"].Value)
            {
                case "":
                    parts.Add(new Part("", name, [.. open]));
                    break;
                case "/" when open.Count > 0 && open[^1].Name == name:
                    open.RemoveAt(open.Count - 1);
                    break;
                case "/":
                    problems.Add($"line {line} of the prompt: '{place.Value}' ends what was not begun there; begin it with '{{{{#{name}}}}}' in the same turn.");
                    break;
                case var mark:
                    open.Add(new Condition(name, mark == "#"));
                    break;
            }
        }

        Literal(to);
        if (open.Count > 0)
        {
            problems.Add($"the prompt's part '{open[^1].Name}' is not ended; write '{{{{/{open[^1].Name}}}}}' in the same turn.");
        }

        return parts;

        void Literal(int end)
        {
            if (end > at)
            {
                parts.Add(new Part(text[at..end], null, [.. open]));
            }
        }
    }

    private sealed record Turn(string Role, IReadOnlyList<Part> Parts);

    private sealed record Part(string Literal, string? Value, IReadOnlyList<Condition> Conditions);

    private sealed record Condition(string Name, bool IsThere);
}
