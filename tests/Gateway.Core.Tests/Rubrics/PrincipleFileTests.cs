using System.Text;
using System.Text.Json;
using CsCheck;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;

namespace Gateway.Core.Tests.Rubrics;

public sealed class PrincipleFileTests
{
    private const string Whole = """
        ---
        # A comment.
        id: brief
        version: 3
        title: "Brevity: say it once"
        styles: [rubric, yes-no]
        scale:
          lowest: 1
          highest: 3
          descriptions:
            - most of it can go
            - 'a sentence can go'
            - "nothing can go"
        criteria:
          - name: filler
            weight: 0.5
            question: "Is there filler?"
            pitfall: true
          - question: >-
              Is everything
              there?
            choices: [no, in part, yes]
        ---
        Be brief.

        Not empty.

        """;

    [Fact]
    public void Read_EveryKey_IsThere()
    {
        var principle = Good(Whole);

        Assert.Equal(("brief", 3, "Brevity: say it once", "Be brief.\n\nNot empty."), (principle.Name, principle.Version, principle.Title, principle.Text));
        Assert.Equal(["rubric", "yes-no"], principle.Styles);
        var rubric = principle.Rubric!;
        Assert.Equal((1, 3), (rubric.Scale!.Lowest, rubric.Scale.Highest));
        Assert.Equal(["most of it can go", "a sentence can go", "nothing can go"], rubric.Scale.Descriptions);
        Assert.Equal([("filler", "Is there filler?", 0.5, true), ("c2", "Is everything there?", 1.0, false)],
            rubric.Criteria.Select(criterion => (criterion.Name, criterion.Question, criterion.Weight, criterion.IsPitfall)));
        Assert.Equal(["no", "yes"], rubric.Criteria[0].Choices);
        Assert.Equal(["no", "in part", "yes"], rubric.Criteria[1].Choices);
    }

    [Fact]
    public void Read_FileAndRequestOfTheSameWords_HaveOneDigest()
    {
        var faults = new List<FieldError>();
        var inline = RubricReader.ReadPrinciple(JsonDocument.Parse("""
            {"text": "Be brief.\n\nNot empty.",
             "rubric": {"scale": {"lowest": 1, "highest": 3, "descriptions": ["most of it can go", "a sentence can go", "nothing can go"]},
                        "criteria": [{"name": "filler", "weight": 0.5, "question": "Is there filler?", "pitfall": true},
                                     {"question": "Is everything there?", "choices": ["no", "in part", "yes"]}]}}
            """).RootElement, "$", faults)!;

        Assert.Equal(inline.Digest, Good(Whole).Digest);
    }

    [Fact]
    public void Read_TextAlone_HasNoRubric()
    {
        var principle = Good("---\nid: brief\nversion: 1\ntitle: Brief\n---\nBe brief.");

        Assert.Null(principle.Rubric);
        Assert.Empty(principle.Styles);
    }

    public static TheoryData<string, byte[]> Spellings => new()
    {
        { "CRLF", Encoding.UTF8.GetBytes(Whole.Replace("\n", "\r\n", StringComparison.Ordinal)) },
        { "CR", Encoding.UTF8.GetBytes(Whole.Replace('\n', '\r')) },
        { "mark", [0xef, 0xbb, 0xbf, .. Encoding.UTF8.GetBytes(Whole)] },
        { "mark and CRLF", [0xef, 0xbb, 0xbf, .. Encoding.UTF8.GetBytes(Whole.Replace("\n", "\r\n", StringComparison.Ordinal))] },
        { "spaces behind the fences", Encoding.UTF8.GetBytes(Whole.Replace("---\n", "---  \n", StringComparison.Ordinal)) },
        { "other quotes and order", Encoding.UTF8.GetBytes("""
            ---
            criteria: [{name: filler, weight: 5e-1, question: Is there filler?, pitfall: true}, {question: 'Is everything there?', choices: ["no", in part, 'yes']}]
            scale: {highest: 3, lowest: 1, descriptions: [most of it can go, a sentence can go, nothing can go]}
            title: other
            version: 9
            id: brief
            ---
            Be brief.

            Not empty.
            """) },
    };

    [Theory]
    [MemberData(nameof(Spellings))]
    public void Read_OtherSpelling_IsTheSamePrinciple(string spelling, byte[] file)
    {
        var faults = new List<RubricFault>();

        var principle = PrincipleFile.Read("brief", file, faults);

        Assert.True(faults.Count == 0, spelling + string.Join('\n', faults));
        Assert.Equal(Good(Whole).Digest, principle!.Digest);
    }

    public static TheoryData<string, string, int, string> Faulty => new()
    {
        { "", "", 1, "the file does not begin with front matter; its first line must be ---." },
        { "Be brief.", "", 1, "the file does not begin with front matter; its first line must be ---." },
        { "\n" + Whole, "", 1, "the file does not begin with front matter; its first line must be ---." },
        { "---\nid: brief\n", "", 1, "the front matter has no end; close it with a line --- and write the text for the judge below." },
        { With("title: Brief", "titel: Brief"), "titel", 4, "unknown key 'titel'; did you mean 'title'?|the key 'title' is missing; add it." },
        { With("id: brief", "id: other"), "id", 2, "'other' is not the file's name; write id: brief, or rename the file." },
        { With("id: brief", ""), "", 3, "the key 'id' is missing; add it." },
        { With("version: 1", "version: 0"), "version", 3, "it must be a whole number from 1 to 1000000." },
        { With("version: 1", "version: 1.5"), "version", 3, "it must be a whole number from 1 to 1000000." },
        { With("version: 1", "version: \"1\""), "version", 3, "it must be a whole number from 1 to 1000000." },
        { With("version: 1", "version: .nan"), "version", 3, "it must be a whole number from 1 to 1000000." },
        { With("version: 1", "version:"), "", 2, "the key 'version' is missing; add it, as a whole number." },
        { With("title: Brief", "title: [a]"), "title", 4, "it must be a text." },
        { With("title: Brief", "title: \"a\\nb\""), "title", 4, "it has several lines; write one." },
        { With("title: Brief", "title: Brief\ntitle: Brief"), "title", 5, "the key 'title' occurs twice; keep one of them." },
        { With("title: Brief", "title: Brief\nstyles: [rubrics]"), "styles[0]", 5, "'rubrics' is no judge style; did you mean 'rubric'?" },
        { With("title: Brief", "title: Brief\nstyles:\n- rubric\n- Rubric"), "styles[1]", 7, "'Rubric' occurs twice in the list; write each once, in words that tell it from the others.|'Rubric' is no judge style; did you mean 'rubric'?" },
        { With("title: Brief", "title: Brief\nstyles: rubric"), "styles", 5, "it must be a list." },
        { With("title: Brief", "title: Brief\nscale: {lowest: 5, highest: 1}"), "scale", 5, "lowest 5 is not below highest 1; swap or correct them." },
        { With("title: Brief", "title: Brief\ncriteria:\n  - question: Q?\n    weight: .inf"), "criteria[0].weight", 7, "it must be a number from 0.000001 to 1000000; a criterion that must not count is left out, one that counts against a response is a pitfall." },
        { With("title: Brief", "title: Brief\ncriteria:\n  - question: Q?\n    pitfall: yes"), "criteria[0].pitfall", 7, "it must be true or false." },
        { With("Be brief.", " \n\t\n"), "", 6, "the text for the judge is missing; write it below the front matter." },
        { With("Be brief.", "Be\u0007brief."), "", 6, "the text for the judge: it holds a control character; remove it (tabs and line breaks may stay)." },
        { With("Be brief.", new string('x', RubricRules.LongestText + 1)), "", 6, "the text for the judge: it has 65537 characters; shorten it to 65536." },
        { "---\n---\nBe brief.", "", 2, "the key 'id' is missing; add it.|the key 'version' is missing; add it, as a whole number.|the key 'title' is missing; add it." },
        { "---\n- id: brief\n---\nBe brief.", "", 2, "it must be an object with 'id', 'version', 'title', 'styles', 'scale', 'criteria'." },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public void Read_Faulty_NamesKeyLineAndRemedy(string file, string path, int line, string messages)
    {
        var faults = new List<RubricFault>();

        Assert.Null(PrincipleFile.Read("brief", Encoding.UTF8.GetBytes(file), faults));

        Assert.Equal(messages.Split('|').Order(), faults.Select(fault => fault.Message).Order());
        Assert.Contains(faults, fault => fault.Path == path && fault.Line == line);
    }

    [Theory]
    [InlineData("title: 'Brief", 4)]
    [InlineData("title: a: b", 4)]
    [InlineData("title:\n\t- a", 2)]
    [InlineData("title: &a Brief", 4)]
    [InlineData("title: *a", 4)]
    [InlineData("title: !!str Brief", 4)]
    [InlineData("title: Brief\nscale: &s {lowest: 1, highest: 5}\n<<: *s", 5)]
    [InlineData("? [a, b]\n: title", 4)]
    [InlineData("title: Brief\nstyles: [[[[[[[[rubric]]]]]]]]", 5)]
    [InlineData("title: Brief\n...\n%YAML 1.2", 0)]
    public void Read_YamlThatIsNotRead_SaysWhere(string title, int line)
    {
        var faults = new List<RubricFault>();

        Assert.Null(PrincipleFile.Read("brief", Encoding.UTF8.GetBytes(With("title: Brief", title)), faults));

        var fault = Assert.Single(faults);
        Assert.StartsWith("the front matter is no YAML that is read here: ", fault.Message, StringComparison.Ordinal);
        Assert.True(line == 0 || fault.Line == line, fault.ToString());
    }

    public static TheoryData<byte[], int, string> NoText => new()
    {
        { [0xff, 0xfe, 0x2d, 0], 0, "it is UTF-16; save it as UTF-8." },
        { [0xfe, 0xff, 0, 0x2d], 0, "it is UTF-16; save it as UTF-8." },
        { [.. "---\nid: caf"u8, 0xe9, .. "\n---\n"u8], 2, "a byte here is no UTF-8; save the file as UTF-8." },
        { [.. "---\nid: a\n---\n"u8, 0xc3], 4, "a byte here is no UTF-8; save the file as UTF-8." },
        { [.. "---\n"u8, 0xed, 0xa0, 0x80], 2, "a byte here is no UTF-8; save the file as UTF-8." },
        { new byte[PrincipleFile.MostBytes + 1], 0, "it has more than 262144 bytes; shorten it." },
    };

    [Theory]
    [MemberData(nameof(NoText))]
    public void Read_BytesThatAreNoText_SayWhere(byte[] file, int line, string message)
    {
        var faults = new List<RubricFault>();

        Assert.Null(PrincipleFile.Read("brief", file, faults));

        Assert.Equal([new RubricFault("", line, message)], faults);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("ü")]
    [InlineData("")]
    [InlineData("a\n")]
    public void Read_NameThatNoRequestCanGive_IsAFault(string id)
    {
        var faults = new List<RubricFault>();

        Assert.Null(PrincipleFile.Read(id, Encoding.UTF8.GetBytes(Whole), faults));

        Assert.StartsWith("the file's name: ", Assert.Single(faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ManyFaults_AreAllFoundInOrder()
    {
        var faults = new List<RubricFault>();

        PrincipleFile.Read("brief", Encoding.UTF8.GetBytes("---\nid: x\nversion: -1\nextra: 1\nscale: {lowest: a}\ncriteria:\n- weight: 0\n- question: ''\n---\n"), faults);

        Assert.Equal(["", "extra", "id", "version", "", "scale.lowest", "scale", "criteria[0]", "criteria[0].weight", "criteria[1].question"], faults.Select(fault => fault.Path));
        Assert.Equal([10, 4, 2, 3, 2, 5, 5, 7, 7, 8], faults.Select(fault => fault.Line));
    }

    [Fact]
    public void Read_AnyBytes_GivesAPrincipleOrFaults()
    {
        var whole = Encoding.UTF8.GetBytes(Whole);
        Gen.Select(Gen.Int[0, whole.Length], Gen.Int[0, 40], Gen.OneOf(Gen.Byte.Array[0, 8], Gen.Int[0, Pieces.Length - 1].Select(piece => Encoding.UTF8.GetBytes(Pieces[piece])))).Sample((at, cut, put) =>
        {
            byte[] file = [.. whole[..at], .. put, .. whole[Math.Min(whole.Length, at + cut)..]];
            var faults = new List<RubricFault>();
            var principle = PrincipleFile.Read("brief", file, faults);
            Assert.Equal(principle is null, faults.Count > 0);
            Assert.All(faults, fault => Assert.InRange(fault.Line, 0, 40));
            Assert.Equal(64, principle?.Digest.Length ?? 64);
        });
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("\"")]
    [InlineData("a: ")]
    [InlineData("&a *a ")]
    [InlineData("|\n ")]
    [InlineData("\ud83d\ude00")]
    public void Read_OneThingAgainAndAgain_Ends(string piece)
    {
        var faults = new List<RubricFault>();
        var front = new StringBuilder().Insert(0, piece, (PrincipleFile.MostBytes - 100) / Encoding.UTF8.GetByteCount(piece));

        Assert.Null(PrincipleFile.Read("brief", Encoding.UTF8.GetBytes($"---\n{front}\n---\nBe brief."), faults));

        Assert.NotEmpty(faults);
    }

    private static readonly string[] Pieces =
        ["---\n", "\n", "\t", "\r", ": ", "- ", "[", "]", "{", "}", "'", "\"", "#", "&a ", "*a", "!!int ", "|", ">", "? ", "%", "@", "`", "\0", "\u0085", "\u2028", "\\x", "<<: ", "...", "null", "~", "1e999", "-0"];

    private static string With(string line, string other) =>
        "---\nid: brief\nversion: 1\ntitle: Brief\n---\nBe brief.\n".Replace(line, other, StringComparison.Ordinal);

    private static Principle Good(string file)
    {
        var faults = new List<RubricFault>();
        var principle = PrincipleFile.Read("brief", Encoding.UTF8.GetBytes(file), faults);
        Assert.Empty(faults);
        return principle!;
    }
}
