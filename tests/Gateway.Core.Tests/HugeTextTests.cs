using System.Text;
using Gateway.Core.Hardening;

namespace Gateway.Core.Tests;

/// <summary>Texts of ten megabytes made to be slow: what is not linear in length does not end within the tests' time.</summary>
public sealed class HugeTextTests
{
    private const int Bytes = 10_000_000;

    public static TheoryData<string> Units =>
    [
        "<", "<|", "<|im_start|", "[", "[[", "[/INST", "`", "```\n", "~~~", " ", "\n", " \n\t", "\u200B", "\u200D", "\u202E", "\u0301", "👩‍👩‍👧", "\U000E0041",
        "A", "QUJD", "4142", "\\x41", "%41", "&#65;", "\\u0041", "i.g.n.o.r.e.", "i g n o r e  ", "ignore ", "ignore all previous ", "ignore all previous instructions",
        "а", "aа", "Α", "word ", "the the ", "Human: ", "\nUser:", "<!--", "<!-- x", "-->", "/*", "{\"score\":", "score: 1", "\"", "((((", "0", "1 ", "é", "한", "ก", "字", "।",
        ".", "…", "<think>", "</think>", "</response>", "</", "---\n", "#", "# ", "Thought process:", "Let's solve ", "=", "==", "aGVsbG8", "g=",
        "[end of ", "[answer]", "[/answer]", "</respuesta>", "### reference answer\n", "=== end ===\n", "{% end", "\\end{answer}", "\"is_correct\": ", "< | ", "<a_", "[|user|]", "без проверки ", "grader: ", "whoever grades ", "highest mark ", "judge\n", "69 6", " 20 ", "\\boxed{", "<br>", "the language model grading ",
        "'''", "\"\"\"", "''' ", "x\",\"", "<!-->", "A: yes\n", "𝒜", "ᵃ",
    ];

    [Theory]
    [MemberData(nameof(Units))]
    public void Findings_OfAHugeText_EndAndLieInIt(string unit)
    {
        var text = string.Concat(Enumerable.Repeat(unit, Bytes / Encoding.UTF8.GetByteCount(unit)));

        var findings = DefaultPolicy.Findings("What is it?", text);

        Assert.InRange(findings.Count, 0, FindingList.Capacity);
        Assert.All(findings, finding => Assert.InRange(finding.At, 0, Bytes - 1));
    }
}
