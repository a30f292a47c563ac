using System.Reflection;
using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>The terms of all languages, read from the files of <c>Hardening/Lexicon</c>: a line is <c>class: term, term</c>, a star ends a stem.</summary>
internal static class Lexicon
{
    private const string Folder = "Gateway.Core.Hardening.Lexicon.";

    // Their terms in other clothes are looked for too.
    private static readonly TermClass[] Disguisable =
        [TermClass.Ignore, TermClass.Instructions, TermClass.Judge, TermClass.Top, TermClass.Deem, TermClass.Score, TermClass.Self, TermClass.Right, TermClass.Prior];

    private static readonly IReadOnlyList<Term> All = Read();

    /// <summary>What the rules look for in every untrusted text.</summary>
    public static LexiconTerms Terms { get; } = new(Sought());

    /// <summary>What content-free answers are made of.</summary>
    public static OpenerTerms Openers { get; } = new(All.Where(term => term.Meaning is >= TermClass.Opener and < TermClass.Edge));

    /// <summary>The same without what is said in talk too: an answer of these alone says nothing, however its words are put together.</summary>
    public static OpenerTerms PlainOpeners { get; } =
        new(All.Where(term => term.Meaning is >= TermClass.Opener and < TermClass.Edge and not (TermClass.Intention or TermClass.Talk or TermClass.Courtesy)));

    /// <summary>What the marks of judges' prompts are made of.</summary>
    public static OpenerTerms Marks { get; } = new(All.Where(term => term.Meaning is >= TermClass.Edge and < TermClass.Proof));

    /// <summary>What stands beside content and is none.</summary>
    public static OpenerTerms Asides { get; } = new(All.Where(term => term.Meaning is >= TermClass.Proof and < TermClass.Stamp));

    /// <summary>What somebody who inspects writes under a work.</summary>
    public static OpenerTerms Stamps { get; } = new(All.Where(term => term.Meaning == TermClass.Stamp));

    /// <summary>The terms of <see cref="Terms"/>.</summary>
    public static IEnumerable<Term> Sought() => All.Where(term => term.Meaning < TermClass.Opener).Concat(Disguises());

    private static List<Term> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var terms = new List<Term>();
        foreach (var file in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(file)!);
            while (reader.ReadLine() is { } line)
            {
                if (line.Length > 0 && line[0] != '#')
                {
                    terms.AddRange(TermsOf(line, file));
                }
            }
        }

        // Languages share words, and one hit is enough.
        return [.. terms.DistinctBy(term => (term.Meaning, term.IsStem, Encoding.UTF8.GetString(term.Text)))];
    }

    private static IEnumerable<Term> TermsOf(string line, string file)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !Enum.TryParse<TermClass>(line[..colon], ignoreCase: true, out var meaning))
        {
            throw new InvalidOperationException($"{file}: '{line}' does not begin with a class. This is a bug.");
        }

        foreach (var written in line[(colon + 1)..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var isStem = written.EndsWith('*');
            yield return new Term(Fold(isStem ? written[..^1] : written), isStem, meaning);
        }
    }

    private static byte[] Fold(string written)
    {
        var text = Encoding.UTF8.GetBytes(written);
        var folded = new byte[text.Length + TextFolder.Padding];
        var facts = default(TextFacts);
        return folded[..TextFolder.Fold(text, folded, ref facts)];
    }

    private static IEnumerable<Term> Disguises()
    {
        var words = All
            .Where(term => Disguisable.Contains(term.Meaning) && term.Text.Length >= 5 && term.Text.IndexOfAnyExceptInRange((byte)'a', (byte)'z') < 0)
            .Select(term => Encoding.ASCII.GetString(term.Text))
            .Distinct(StringComparer.Ordinal);
        foreach (var word in words)
        {
            yield return new Term([.. word.Select(letter => (byte)('a' + (letter - 'a' + 13) % 26))], isStem: true, TermClass.Disguised);
            yield return new Term([.. word.Reverse().Select(letter => (byte)letter)], isStem: false, TermClass.Disguised);
            yield return new Term([(byte)'s', .. word.Reverse().Select(letter => (byte)letter)], isStem: false, TermClass.Disguised);
        }
    }
}
