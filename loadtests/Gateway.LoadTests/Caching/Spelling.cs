using System.Text;
using Gateway.LoadTests.Workload;

namespace Gateway.LoadTests.Caching;

/// <summary>One way in which clients write texts of 2,048 bytes of UTF-8, a prompt and a response together.</summary>
/// <param name="Name">Its name in the tables.</param>
/// <param name="Legend">What is special about it.</param>
/// <param name="Characters">The seeded text of so many bytes.</param>
/// <param name="Quote">The text as a JSON string, quotation marks included.</param>
internal sealed record Spelling(string Name, string Legend, Func<Random, int, string> Characters, Func<string, string> Quote)
{
    /// <summary>Bytes of a prompt in UTF-8.</summary>
    public const int PromptBytes = 32;

    /// <summary>Bytes of a response in UTF-8.</summary>
    public const int ResponseBytes = 2016;

    private const string Letters = "etaoinshrdlucmfwypvbgkjqxz";
    private const int Line = 48;

    /// <summary>The spellings that are measured.</summary>
    public static IReadOnlyList<Spelling> All { get; } =
    [
        new("plain", "ASCII without anything that JSON escapes", Plain, text => $"\"{text}\""),
        new("newlines", $"the same with a newline every {Line} bytes, written `\\n`", Lines, text => $"\"{text.Replace("\n", "\\n", StringComparison.Ordinal)}\""),
        new("escaped", "Chinese characters, each written `\\uXXXX` as Python's `json.dumps` does: 3 bytes of text in 6 of JSON", Chinese, Escaped),
    ];

    /// <summary>Distinct items, the same on every machine.</summary>
    public IReadOnlyList<WorkItem> Items(int count)
    {
        var random = new Random(Name.Length);
        return [.. Enumerable.Range(0, count).Select(_ => new WorkItem(Characters(random, PromptBytes), Characters(random, ResponseBytes)))];
    }

    private static string Plain(Random random, int bytes)
    {
        var text = new StringBuilder(bytes);
        while (text.Length < bytes)
        {
            // Short words of frequent letters, as in prose.
            var word = 1 + random.Next(9);
            for (var i = 0; i < word && text.Length < bytes; i++)
            {
                text.Append(Letters[Math.Min(random.Next(Letters.Length), random.Next(Letters.Length))]);
            }

            if (text.Length < bytes)
                text.Append(' ');
        }

        return text.ToString();
    }

    private static string Lines(Random random, int bytes)
    {
        var text = new StringBuilder(Plain(random, bytes));
        for (var at = Line - 1; at < bytes; at += Line)
        {
            text[at] = '\n';
        }

        return text.ToString();
    }

    private static string Chinese(Random random, int bytes)
    {
        var text = new StringBuilder();
        for (var left = bytes; left > 0; left -= 3)
        {
            // What is left over of a third is ASCII.
            text.Append(left < 3 ? "ok"[..left] : ((char)random.Next(0x4E00, 0x9FA6)).ToString());
        }

        return text.ToString();
    }

    private static string Escaped(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var character in text)
        {
            _ = character < 0x7F ? quoted.Append(character) : quoted.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
        }

        return quoted.Append('"').ToString();
    }
}
