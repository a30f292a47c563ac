using System.Text;
using System.Text.Json;
using CsCheck;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;

namespace Gateway.Core.Tests.Rubrics;

public sealed class RubricReaderTests
{
    private static readonly JsonElement Goldens =
        JsonDocument.Parse(File.ReadAllText(RepositoryRoot.File("tests/Gateway.Core.Tests/Goldens/rubric-digests.json"))).RootElement;

    public static TheoryData<int> GoldenPlaces => [.. Enumerable.Range(0, Goldens.GetArrayLength())];

    [Theory]
    [MemberData(nameof(GoldenPlaces))]
    public void Digest_GoldenRubric_IsTheIndependentOne(int place)
    {
        var golden = Goldens[place];
        var faults = new List<FieldError>();

        var digest = golden.TryGetProperty("rubric", out var rubric)
            ? RubricReader.ReadRubric(rubric, "$.rubric", faults)?.Digest
            : RubricReader.ReadPrinciple(golden.GetProperty("principle"), "$.principle", faults)?.Digest;

        Assert.Empty(faults);
        Assert.Equal(golden.GetProperty("digest").GetString(), digest);
    }

    [Fact]
    public void ReadRubric_OnlyAQuestion_HasTheDefaults()
    {
        var rubric = Rubric("""{"criteria": [{"question": "Is it right?"}, {"question": "Is it rude?", "pitfall": true, "name": null, "weight": null, "choices": null}]}""");

        Assert.Null(rubric.Scale);
        Assert.Equal(["c1", "c2"], rubric.Criteria.Select(criterion => criterion.Name));
        Assert.All(rubric.Criteria, criterion => Assert.Equal(1, criterion.Weight));
        Assert.All(rubric.Criteria, criterion => Assert.Equal(["no", "yes"], criterion.Choices));
        Assert.Equal([false, true], rubric.Criteria.Select(criterion => criterion.IsPitfall));
        Assert.Equal(0, rubric.Criteria[1].Worth(1));
    }

    [Fact]
    public void ReadRubric_EveryField_IsThere()
    {
        var rubric = Rubric("""
            {"scale": {"lowest": 0, "highest": 2, "descriptions": ["bad", "fair", "good"]},
             "criteria": [{"name": "a.b_c-1", "question": "Q?", "weight": 2.5, "choices": ["x", "y", "z"], "pitfall": true}]}
            """);

        Assert.Equal((0, 2), (rubric.Scale!.Lowest, rubric.Scale.Highest));
        Assert.Equal(["bad", "fair", "good"], rubric.Scale.Descriptions);
        var criterion = Assert.Single(rubric.Criteria);
        Assert.Equal(("a.b_c-1", "Q?", 2.5, true), (criterion.Name, criterion.Question, criterion.Weight, criterion.IsPitfall));
        Assert.Equal(["x", "y", "z"], criterion.Choices);
    }

    [Fact]
    public void ReadPrinciple_TextAndRubric_IsWithoutName()
    {
        var faults = new List<FieldError>();

        var principle = RubricReader.ReadPrinciple(Json("""{"text": "Be brief.", "rubric": {"scale": {"lowest": 1, "highest": 5}}}"""), "$", faults)!;

        Assert.Empty(faults);
        Assert.Equal(("", 0, "Be brief."), (principle.Name, principle.Version, principle.Text));
        Assert.Equal(5, principle.Rubric!.Scale!.Highest);
    }

    public static TheoryData<string, string, string> FaultyRubrics => new()
    {
        { "3", "$.r", "it must be an object with 'scale', 'criteria'." },
        { "\"concise\"", "$.r", "it must be an object with 'scale', 'criteria'." },
        { "null", "$.r", "it must be an object with 'scale', 'criteria'." },
        { "[]", "$.r", "it must be an object with 'scale', 'criteria'." },
        { "{}", "$.r", "it has neither 'scale' nor 'criteria'; give one of them, or both." },
        { """{"scale": null, "criteria": null}""", "$.r", "it has neither 'scale' nor 'criteria'; give one of them, or both." },
        { """{"critera": []}""", "$.r.critera", "unknown key 'critera'; did you mean 'criteria'?" },
        { """{"scale": 5}""", "$.r.scale", "it must be an object with 'lowest', 'highest', 'descriptions'." },
        { """{"scale": {"lowest": 1}}""", "$.r.scale", "the key 'highest' is missing; add it, as a whole number." },
        { """{"scale": {"lowest": "1", "highest": 5}}""", "$.r.scale.lowest", "it must be a whole number from -1000 to 1000." },
        { """{"scale": {"lowest": 1.5, "highest": 5}}""", "$.r.scale.lowest", "it must be a whole number from -1000 to 1000." },
        { """{"scale": {"lowest": 1, "highest": 1e999}}""", "$.r.scale.highest", "it must be a whole number from -1000 to 1000." },
        { """{"scale": {"lowest": 1, "highest": 99999999999999999999}}""", "$.r.scale.highest", "it must be a whole number from -1000 to 1000." },
        { """{"scale": {"lowest": 5, "highest": 5}}""", "$.r.scale", "lowest 5 is not below highest 5; swap or correct them." },
        { """{"scale": {"lowest": 0, "highest": 101}}""", "$.r.scale", "0 to 101 are 102 scores; a scale has at most 101." },
        { """{"scale": {"lowest": 1, "highest": 3, "descriptions": ["a", "b"]}}""", "$.r.scale.descriptions", "there are 2 descriptions for the 3 scores from 1 to 3; write one for each, lowest first, or none." },
        { """{"scale": {"lowest": 1, "highest": 2, "descriptions": ["a", "A "]}}""", "$.r.scale.descriptions[1]", "'A ' occurs twice in the list; write each once, in words that tell it from the others." },
        { """{"scale": {"lowest": 1, "highest": 2, "descriptions": ["a", 7]}}""", "$.r.scale.descriptions[1]", "it must be a string." },
        { """{"scale": {"lowest": 1, "highest": 2, "descriptions": "ab"}}""", "$.r.scale.descriptions", "it must be a list." },
        { """{"criteria": {}}""", "$.r.criteria", "it must be a list." },
        { """{"criteria": []}""", "$.r.criteria", "the list is empty; write a criterion, or leave the key out." },
        { """{"criteria": ["Is it right?"]}""", "$.r.criteria[0]", "it must be an object with 'name', 'question', 'weight', 'choices', 'pitfall'." },
        { """{"criteria": [{}]}""", "$.r.criteria[0]", "the key 'question' is missing; add it." },
        { """{"criteria": [{"question": " \n"}]}""", "$.r.criteria[0].question", "it is empty; write it, or leave the key out where it may be missing." },
        { """{"criteria": [{"question": "a\u0000b"}]}""", "$.r.criteria[0].question", "it holds a control character; remove it (tabs and line breaks may stay)." },
        { """{"criteria": [{"question": "\ud800"}]}""", "$.r.criteria[0].question", "it holds half of a surrogate pair; send well-formed text." },
        { """{"criteria": [{"question": "Q?", "\udc00": 1}]}""", "$.r.criteria[0]", "a key holds half of a surrogate pair; send well-formed text." },
        { """{"criteria": [{"question": "Q?", "question": "R?"}]}""", "$.r.criteria[0].question", "the key 'question' occurs twice; keep one of them." },
        { """{"criteria": [{"question": "Q?", "text": "R?"}]}""", "$.r.criteria[0].text", "unknown key 'text'; known are 'name', 'question', 'weight', 'choices', 'pitfall'." },
        { """{"criteria": [{"question": "Q?", "name": "a b"}]}""", "$.r.criteria[0].name", "'a b' is no name; use 1 to 64 of the characters A-Z a-z 0-9 . _ -." },
        { """{"criteria": [{"question": "Q?", "name": "a\n"}]}""", "$.r.criteria[0].name", "'a\n' is no name; use 1 to 64 of the characters A-Z a-z 0-9 . _ -." },
        { """{"criteria": [{"question": "Q?", "name": 1}]}""", "$.r.criteria[0].name", "it must be a string." },
        { """{"criteria": [{"question": "Q?", "name": "c2"}, {"question": "R?"}]}""", "$.r.criteria[1]", "the name 'c2' is given twice; name each criterion differently (one without a name is called c and its place)." },
        { """{"criteria": [{"question": "Q?", "name": "a"}, {"question": "R?", "name": "A"}]}""", "$.r.criteria[1]", "the name 'A' is given twice; name each criterion differently (one without a name is called c and its place)." },
        { """{"criteria": [{"question": "Q?", "weight": 0}]}""", "$.r.criteria[0].weight", Weight },
        { """{"criteria": [{"question": "Q?", "weight": -1}]}""", "$.r.criteria[0].weight", Weight },
        { """{"criteria": [{"question": "Q?", "weight": 1e400}]}""", "$.r.criteria[0].weight", Weight },
        { """{"criteria": [{"question": "Q?", "weight": 1e-7}]}""", "$.r.criteria[0].weight", Weight },
        { """{"criteria": [{"question": "Q?", "weight": "2"}]}""", "$.r.criteria[0].weight", Weight },
        { """{"criteria": [{"question": "Q?", "choices": ["yes"]}]}""", "$.r.criteria[0].choices", "there must be 2 to 10 choices, the worst first; without the key they are no and yes." },
        { """{"criteria": [{"question": "Q?", "choices": ["yes", "Yes"]}]}""", "$.r.criteria[0].choices[1]", "'Yes' occurs twice in the list; write each once, in words that tell it from the others." },
        { """{"criteria": [{"question": "Q?", "choices": ["1","2","3","4","5","6","7","8","9","10","11"]}]}""", "$.r.criteria[0].choices", "the list has 11 entries; at most 10 are read." },
        { """{"criteria": [{"question": "Q?", "pitfall": "yes"}]}""", "$.r.criteria[0].pitfall", "it must be true or false." },
    };

    [Theory]
    [MemberData(nameof(FaultyRubrics))]
    public void ReadRubric_Faulty_NamesThePlaceAndTheRemedy(string json, string path, string message)
    {
        var faults = new List<FieldError>();

        Assert.Null(RubricReader.ReadRubric(Json(json), "$.r", faults));

        Assert.Equal([new FieldError(path, message)], faults);
    }

    [Theory]
    [InlineData("{}", "$.p", "the key 'text' is missing; add it.")]
    [InlineData("""{"text": 1}""", "$.p.text", "it must be a string.")]
    [InlineData("""{"text": ""}""", "$.p.text", "it is empty; write it, or leave the key out where it may be missing.")]
    [InlineData("""{"text": "T", "criteria": []}""", "$.p.criteria", "unknown key 'criteria'; known are 'text', 'rubric'.")]
    [InlineData("""{"text": "T", "rubric": {}}""", "$.p.rubric", "it has neither 'scale' nor 'criteria'; give one of them, or both.")]
    [InlineData("""{"text": "T", "rubric": "concise"}""", "$.p.rubric", "it must be an object with 'scale', 'criteria'.")]
    [InlineData("true", "$.p", "it must be an object with 'text', 'rubric'.")]
    public void ReadPrinciple_Faulty_NamesThePlaceAndTheRemedy(string json, string path, string message)
    {
        var faults = new List<FieldError>();

        Assert.Null(RubricReader.ReadPrinciple(Json(json), "$.p", faults));

        Assert.Equal([new FieldError(path, message)], faults);
    }

    [Fact]
    public void ReadPrinciple_ManyFaults_AreAllFound()
    {
        var faults = new List<FieldError>();

        RubricReader.ReadPrinciple(
            Json("""{"txt": 1, "rubric": {"scale": {"lowest": 2, "highest": 1}, "criteria": [{"weight": 0}, 7, {"question": "Q?", "choices": [1, "b"]}]}}"""), "$", faults);

        Assert.Equal(
            ["$.txt", "$", "$.rubric.scale", "$.rubric.criteria[0]", "$.rubric.criteria[0].weight", "$.rubric.criteria[1]", "$.rubric.criteria[2].choices[0]"],
            faults.Select(fault => fault.Path));
    }

    [Theory]
    [InlineData(RubricRules.MostCriteria, 0)]
    [InlineData(RubricRules.MostCriteria + 1, 1)]
    [InlineData(200_000, 1)]
    public void ReadRubric_ManyCriteria_AreBounded(int count, int expected)
    {
        var faults = new List<FieldError>();
        var criteria = string.Join(',', Enumerable.Range(0, count).Select(i => $$"""{"question": "Is part {{i}} there?"}"""));

        RubricReader.ReadRubric(Json($$"""{"criteria": [{{criteria}}]}"""), "$", faults);

        Assert.Equal(expected, faults.Count);
    }

    [Fact]
    public void ReadRubric_ManyUnknownKeys_AreAFewFaults()
    {
        var faults = new List<FieldError>();
        var keys = string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"\"{new string('k', 200)}{i}\": 0"));

        RubricReader.ReadRubric(Json($"{{{keys}}}"), "$", faults);

        Assert.Equal(10, faults.Count);
        Assert.All(faults, fault => Assert.True(fault.Path.Length + fault.Message.Length < 250));
    }

    [Theory]
    [InlineData(RubricRules.LongestText, 0)]
    [InlineData(RubricRules.LongestText + 1, 1)]
    [InlineData(10_000_000, 1)]
    public void ReadPrinciple_LongText_IsBounded(int length, int expected)
    {
        var faults = new List<FieldError>();

        RubricReader.ReadPrinciple(Json($$"""{"text": "{{new string('x', length)}}"}"""), "$", faults);

        Assert.Equal(expected, faults.Count);
    }

    [Fact]
    public void Read_AnyJson_GivesARubricOrFaults() => Gen.Select(Gen.Int[0, 1], Gen.Int[0, 400], Gen.String[0, 6]).Sample((which, at, put) =>
    {
        var whole = Wholes[which];
        var text = whole.Insert(Math.Min(at, whole.Length), put);
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(Encoding.UTF8.GetBytes(text));
        }
        catch (JsonException)
        {
            return;
        }

        var faults = new List<FieldError>();
        var principle = RubricReader.ReadPrinciple(document.RootElement, "$", faults);
        Assert.Equal(principle is null, faults.Count > 0);
        Assert.Equal(64, principle?.Digest.Length ?? 64);
    });

    private const string Weight =
        "it must be a number from 0.000001 to 1000000; a criterion that must not count is left out, one that counts against a response is a pitfall.";

    private static readonly string[] Wholes =
    [
        """{"text": "T", "rubric": {"scale": {"lowest": 1, "highest": 3, "descriptions": ["a", "b", "c"]}, "criteria": [{"name": "n", "question": "Q?", "weight": 2, "choices": ["x", "y"], "pitfall": false}]}}""",
        """{"text": "\u0041", "rubric": {"criteria": [{"question": "Q?"}, {"question": "R?"}]}}""",
    ];

    private static Rubric Rubric(string json)
    {
        var faults = new List<FieldError>();
        var rubric = RubricReader.ReadRubric(Json(json), "$", faults);
        Assert.Empty(faults);
        return rubric!;
    }

    private static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement;
}
