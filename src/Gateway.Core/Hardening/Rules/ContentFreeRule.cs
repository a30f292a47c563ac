using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Hardening.Rules;

/// <summary>
/// Finds responses that say nothing and are scored high all the same: nothing at all, sentence marks alone, and openers of an answer that never
/// comes ("One Token to Fool LLM-as-a-Judge", arXiv 2507.08794). A short answer is an answer: numbers, letters, words and formulas pass, and
/// brackets, operators and pictures where the prompt can be answered by them.
/// </summary>
public sealed class ContentFreeRule : IHardeningRule
{
    private const int LongestOpener = 600;
    private const int FewBytes = 48;
    private const int MostNounTerms = 2;
    private const int FewestOfQuestion = 4;

    /// <inheritdoc/>
    public string Name => "content-free";

    /// <inheritdoc/>
    public int Version => 19;

    /// <inheritdoc/>
    public HardeningScope Scope => HardeningScope.Responses;

    /// <inheritdoc/>
    public RuleActions Default => new(HardeningAction.Observe, HardeningAction.Flag, HardeningAction.Floor);

    /// <inheritdoc/>
    public RuleActions Strict => new(HardeningAction.Observe, HardeningAction.Floor, HardeningAction.Floor);

    /// <inheritdoc/>
    public void Inspect(in HardeningField field, FindingList findings)
    {
        var folded = field.Folded.Bytes;
        if (field.IsParsed || EmptyMarkup.IsPercentage(folded))
        {
            return;
        }

        if (EndsInThought(folded) && !(folded.Length <= LongestOpener && EmptyMarkup.Holds(folded)))
        {
            findings.Add(field, HardeningSeverity.Medium, 0, "thoughts, and no answer behind them");
            return;
        }

        var first = 0;
        while (first < folded.Length && !Term.IsWord(folded[first]))
        {
            first++;
        }

        if (folded.Length <= LongestOpener && EmptyList.Holds(folded))
        {
            findings.Add(field, AskedFor.Form(field.Prompt) ? HardeningSeverity.Low : HardeningSeverity.Medium, 0, "a list of nothing");
        }
        else if (first == folded.Length || (field.Text.Length <= FewBytes && SymbolAnswer.HasNoWord(field.Text)))
        {
            SymbolAnswer.Inspect(field, findings);
        }
        else if (folded.Length <= LongestOpener && EmptyMarkup.Holds(folded))
        {
            findings.Add(field, AskedFor.Symbols(field.Prompt) || AskedFor.Nothing(field.Prompt) ? HardeningSeverity.Low : HardeningSeverity.High, 0, "a response of empty markup");
        }
        else if (folded.Length <= LongestOpener || folded.TrimEnd(" \t\r\n.*#_-:"u8).Length <= LongestOpener)
        {
            Opener(field, findings);
            if (findings.IsEmptyOfRule && Hesitation.Holds(field.Text))
            {
                findings.Add(field, AskedFor.Word(field.Prompt) || AskedFor.Saying(field.Prompt) || AskedFor.Phrase(field.Prompt) ? HardeningSeverity.Low : HardeningSeverity.Medium, 0, "gains time and says nothing");
            }
        }
    }

    // "<think>Okay, </think>", whatever is thought.
    private static bool EndsInThought(ReadOnlySpan<byte> folded)
    {
        var text = folded.TrimEnd(" \r\n\t"u8);
        return text.EndsWith("k>"u8) ? text.EndsWith("</think>"u8) : text.EndsWith("g>"u8) ? text.EndsWith("</thinking>"u8) || text.EndsWith("</reasoning>"u8) : text.EndsWith("</thought>"u8) || text.EndsWith("</scratchpad>"u8);
    }

    private static void Opener(in HardeningField field, FindingList findings)
    {
        var folded = field.Folded.Bytes;
        if (new Aside().Read(field.Text, folded) is { Length: > 0 } aside)
        {
            findings.Add(field, MayBeAside(field.Prompt) ? HardeningSeverity.Low : HardeningSeverity.Medium, 0, aside);
            return;
        }

        if (EmptyFields.Holds(folded))
        {
            Unfilled(field, findings);
            return;
        }

        if (LabelledAnswer.IsOption(folded) || (LabelledAnswer.Find(folded) is { IsEmpty: false } answer && LabelledAnswer.Says(answer)))
        {
            return;
        }

        // A longer term that is said in talk, such as "will follow", does not hide the openers that the same words are.
        var reading = new OpenerReading(Lexicon.PlainOpeners);
        if (reading.Run(folded, default) && reading is { UnknownBytes: 0, HasOpener: true })
        {
            Opened(field, findings, reading);
            return;
        }

        reading = new OpenerReading(Lexicon.Openers);
        var isWhole = reading.Run(folded, default);
        if (isWhole && reading.UnknownBytes == 0 && !reading.HasCourtesy)
        {
            Opened(field, findings, reading);
        }
        else if (reading.HasOpener && IsPromise(field, reading, isWhole))
        {
            findings.Add(field, HardeningSeverity.Medium, 0, "promises an answer and never gives one");
        }
        else if (isWhole && reading.HasCourtesy && Courtesy.IsAll(field, reading))
        {
            findings.Add(field, HardeningSeverity.Medium, 0, "thanks or wishes well and says nothing");
        }
        else if (Promise.IsStepwise(folded))
        {
            findings.Add(field, AskedFor.Word(field.Prompt) ? HardeningSeverity.Low : HardeningSeverity.Medium, 0, "promises an answer and never gives one");
        }
        else
        {
            Announced(field, findings);
        }

        if (findings.IsEmptyOfRule)
        {
            Unfilled(field, findings);
        }

        if (findings.IsEmptyOfRule && field.Learned.Announces)
        {
            var mayAnswer = AskedFor.Talk(field.Prompt) || AskedFor.Phrase(field.Prompt) || AskedFor.Form(field.Prompt) || (folded.Length <= FewBytes && AskedFor.Word(field.Prompt));
            findings.AddLikeness(field, mayAnswer ? HardeningSeverity.Low : HardeningSeverity.Medium, 0, "reads like the announcement of an answer that is not there");
        }
    }

    // A single heading may be the answer itself, set in bold or brackets.
    private static void Unfilled(in HardeningField field, FindingList findings)
    {
        var folded = field.Folded.Bytes;
        var scaffold = new Scaffold();
        var isForm = scaffold.Run(folded);
        if (isForm ? scaffold.IsForm(folded) : EmptyFields.Holds(folded))
        {
            var isAsked = AskedFor.Form(field.Prompt) || AskedFor.Word(field.Prompt) || AskedFor.Symbols(field.Prompt);
            findings.Add(field, isAsked || (scaffold.Headings == 1 && scaffold.Labels == 0) ? HardeningSeverity.Low : HardeningSeverity.Medium, 0, "a form that nobody filled in");
        }
        else if (folded.TrimStart(" \r\n"u8) is [(byte)'[' or (byte)'(' or (byte)'<' or (byte)'{', ..] && Aside.IsSetOff(field.Text, folded) && IsWords(folded))
        {
            findings.Add(field, HardeningSeverity.Low, 0, "all of it stands in brackets");
        }
    }

    private static bool IsWords(ReadOnlySpan<byte> folded)
    {
        const int Longest = 60;
        return folded.Length <= Longest && folded.IndexOfAnyInRange((byte)'0', (byte)'9') < 0 && folded.IndexOfAny("=+\\$,;/|"u8) < 0;
    }

    private static bool MayBeAside(ReadOnlySpan<byte> prompt) =>
        AskedFor.Word(prompt) || AskedFor.Phrase(prompt) || AskedFor.Talk(prompt) || AskedFor.Place(prompt) || AskedFor.Saying(prompt) || AskedFor.Form(prompt) || AskedFor.Shown(prompt);

    // Code and names of keys end in colons too.
    private static void Announced(in HardeningField field, FindingList findings)
    {
        var folded = field.Folded.Bytes;
        if (Promise.IsAnnouncement(folded))
        {
            findings.Add(field, HardeningSeverity.Medium, 0, "announces an answer that is not there");
        }
        else if (Promise.IsLabel(folded))
        {
            findings.Add(field, AskedFor.Symbols(field.Prompt) || AskedFor.Word(field.Prompt) || AskedFor.Form(field.Prompt) ? HardeningSeverity.Low : HardeningSeverity.Medium, 0, "a label with nothing behind it");
        }
        else if (Placeholder.IsRole(folded))
        {
            findings.Add(field, AskedFor.Word(field.Prompt) ? HardeningSeverity.Low : HardeningSeverity.Medium, 0, "the name of a role, and nothing that it says");
        }
        else if (Placeholder.Is(folded))
        {
            findings.Add(field, AskedFor.Form(field.Prompt) ? HardeningSeverity.Low : HardeningSeverity.Medium, 0, "a place for an answer, and no answer");
        }
        else if (BrokenOff.Is(folded))
        {
            findings.Add(field, AskedFor.Fact(field.Prompt) ? HardeningSeverity.Medium : HardeningSeverity.Low, 0, "breaks off before it says anything");
        }
    }

    // Words of the prompt say nothing new: "Let me think about what the capital of France is."
    private static bool IsPromise(in HardeningField field, OpenerReading reading, bool isWhole)
    {
        var folded = field.Folded.Bytes;
        if (folded.Length > Promise.Longest)
        {
            return false;
        }

        if (!isWhole || !IsMostlyKnown(field, reading))
        {
            reading = new OpenerReading(Lexicon.Openers);
            isWhole = reading.Run(folded, FoldingMemory.Inner.Fold(field.Prompt, Lexicon.Terms).Bytes);
            FoldingMemory.Inner.Trim();
        }

        return isWhole && reading.HasOpener && IsMostlyKnown(field, reading);
    }

    private static bool IsMostlyKnown(in HardeningField field, in OpenerReading reading) =>
        Promise.IsMostlyKnown(field.Folded.Bytes, reading.Terms, reading.KnownBytes, reading.UnknownBytes, field.Folded.Facts.IsAscii);

    private static void Opened(in HardeningField field, FindingList findings, OpenerReading reading)
    {
        var folded = field.Folded.Bytes;
        if (reading.HasOpener && reading.IsTalk)
        {
            if (IsMostlyKnown(field, reading) || Promise.IsStepwise(folded))
            {
                findings.Add(field, HardeningSeverity.Medium, 0, "promises an answer and never gives one");
            }
        }
        else if (reading.HasOpener)
        {
            findings.Add(field, OfOpener(field, reading), 0, "opens an answer and never gives one");
        }
        else if (reading.HasHeading && !reading.HasOther)
        {
            var announced = folded.IndexOfAny(":#*"u8) >= 0 || (reading.Terms == 1 && folded.IndexOfAny("[{<"u8) >= 0) || folded.IndexOf("..."u8) >= 0;
            // One word in bold is how answers are given, and what heads one in some language is a name or a number in another.
            var isBold = reading.Terms == 1 && folded.IndexOfAny(":#[{<"u8) < 0 && folded.IndexOf("..."u8) < 0;
            findings.Add(
                field,
                announced && !isBold && !AskedFor.Form(field.Prompt) && !NamesIt(field) && !MayBeLabel(field, reading.Terms) ? HardeningSeverity.High : announced || reading.Terms > 1 ? HardeningSeverity.Medium : HardeningSeverity.Low,
                0,
                "the heading of an answer that is not there");
        }
        else if (reading.Terms == 0)
        {
            findings.Add(field, HardeningSeverity.High, 0, "a response of empty tags");
        }
        else
        {
            Announced(field, findings);
        }
    }

    // "What is salt in water called?" "Solution". Nobody is asked for a word and gives it with a colon.
    private static HardeningSeverity OfOpener(in HardeningField field, in OpenerReading reading) =>
        reading.Terms == 1 && field.Folded.Bytes.IndexOfAny((byte)':', (byte)'#') < 0 && AskedFor.Word(field.Prompt) ? HardeningSeverity.Low
        : AskedFor.Phrase(field.Prompt) ? HardeningSeverity.Low
        : AskedFor.Translation(field.Prompt) || AskedFor.Form(field.Prompt) || MayAnswer(field, reading) || NamesIt(field) || MayBeLabel(field, reading.Terms) || AskedFor.Saying(field.Prompt) ? HardeningSeverity.Medium
        : HardeningSeverity.High;

    // "Translate 'Solution:'" "Lösung:" "What stands above the working?" "Solution:"
    private static bool MayBeLabel(in HardeningField field, int terms) =>
        AskedFor.Place(field.Prompt) || (terms <= MostNounTerms && field.Folded.Bytes.TrimEnd(" \r\n*_"u8).EndsWith(":"u8) && AskedFor.Label(field.Prompt));

    // "How do I learn a language?" "Bit by bit." "What is Schrödinger's cat?" "A thought experiment." "Are you ready?" "Let's begin."
    // "I need help." "Sure! What problem would you like to solve?"
    private static bool MayAnswer(in HardeningField field, in OpenerReading reading) =>
        field.Folded.Bytes.IndexOfAny((byte)':', (byte)'#') < 0
        && ((reading.Terms <= MostNounTerms && !field.Folded.Bytes.StartsWith("let"u8) && (OpenerReading.IsOneThing(field.Folded.Bytes) || AskedFor.Noun(field.Prompt, field.Folded.Bytes)))
            || (reading.IsManner(field.Folded.Bytes) && AskedFor.Manner(field.Prompt))
            || (reading.Terms >= FewestOfQuestion && field.Folded.Bytes.TrimEnd(" \r\n*\""u8).EndsWith("?"u8))
            || AskedFor.Talk(field.Prompt));

    // "Which fits, luck or logic?" "Answer: logic"
    private static bool NamesIt(in HardeningField field) =>
        LabelledAnswer.Find(field.Folded.Bytes) is { IsEmpty: false } answer && (AskedFor.Word(field.Prompt) || AskedFor.Noun(field.Prompt, answer));
}
