using Gateway.Core.Judging;

namespace Gateway.Core.Tests.Judging;

/// <summary>What a prompt leaves open: what is asked, what of a reply is kept, and what the judge is shown of it.</summary>
public sealed class ContextGenerationTests
{
    private static readonly ContextGeneration Generation = new();

    [Fact]
    public void BuildCall_ShowsThePromptBetweenMarksAndNothingElse()
    {
        var judged = JudgeCaseTests.Case(UntrustedForm.Fence, "THE-RESPONSE");
        var text = Generation.BuildCall(Generation.Shown(judged)).Messages[^1].Text;

        Assert.Matches("<<<prompt [0-9a-f]{16}\nWhat is 2 \\+ 2\\?\nprompt [0-9a-f]{16}>>>", text);
        Assert.DoesNotContain("RESPONSE", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Questions_KeepsOneAnswerOfEachTheSameEveryTime()
    {
        const string Reply = """{"questions": [{"question": "For whom?", "answers": ["a child", "an adult"]}, {"question": "How long?", "answers": ["brief", "long", "as it needs"]}]}""";

        var kept = Read(Reply);

        Assert.Matches("""^\[\{"question":"For whom\?","answer":"(a child|an adult)"\},\{"question":"How long\?","answer":"(brief|long|as it needs)"\}\]$""", kept);
        Assert.Equal(kept, Read(Reply));
        Assert.Equal(["For whom?", "How long?"], Generation.Apply(Judged, kept).Context.Select(open => open.Question));
        Assert.Matches("\n- For whom\\? (a child|an adult)\n- How long\\? (brief|long|as it needs)\n", Generation.Apply(Judged, kept).Values(0)["context"].Text);
    }

    [Fact]
    public void Read_ManyPrompts_DrawsEveryAnswer() => Assert.Equal(
        ["a", "b", "c"],
        Enumerable.Range(0, 60)
            .Select(i => Generation.Apply(Judged, Read("""{"questions": [{"question": "Which?", "answers": ["a", "b", "c"]}]}""", $"prompt {i}")).Context.Single().Answer)
            .Distinct().Order());

    [Fact]
    public void Read_NothingOpen_IsJudgedAsItIs()
    {
        var judged = Judged;

        Assert.Same(judged, Generation.Apply(judged, Read("""{"questions": []}""")));
    }

    [Theory]
    [InlineData("- For whom? a child")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[null]")]
    [InlineData("""[{"question": "For whom?"}]""")]
    [InlineData("""[{"question": "", "answer": "a child"}]""")]
    [InlineData("""[{"question": "For whom?", "answer": 7}]""")]
    public void Apply_WhatIsNoKeptText_IsUnreadable(string text) => Assert.Throws<UnreadableVerdictException>(() => Generation.Apply(Judged, text));

    [Fact]
    public void Apply_MoreThanAreEverKept_IsUnreadable()
    {
        Assert.Throws<UnreadableVerdictException>(() => Generation.Apply(Judged, $$"""[{"question": "{{new string('x', 501)}}", "answer": "a"}]"""));
        Assert.Throws<UnreadableVerdictException>(
            () => Generation.Apply(Judged, $"[{string.Join(',', Enumerable.Repeat("""{"question": "For whom?", "answer": "a child"}""", 11))}]"));
    }

    [Theory]
    [InlineData("I see no questions.")]
    [InlineData("""{"questions": "none"}""")]
    [InlineData("""{"questions": [{"question": "For whom?"}]}""")]
    [InlineData("""{"questions": [{"question": "For whom?", "answers": ["a child"]}]}""")]
    [InlineData("""{"questions": [{"question": "For whom?", "answers": ["a child", "a child"]}]}""")]
    [InlineData("""{"questions": [{"question": " ", "answers": ["a child", "an adult"]}]}""")]
    [InlineData("""{"questions": [{"question": "For whom?", "answers": ["a child", 7]}]}""")]
    [InlineData("""{"questions": [{"question": "For whom?", "answer": "a child", "answers": ["a", "b"]}]}""")]
    [InlineData("""{"questions": ["For whom?"]}""")]
    [InlineData("""{"questions": [{"question": "<the question>", "answers": ["<one answer>", "<another>"]}]}""")]
    [InlineData("""{"questions": [{"question": "\ud800", "answers": ["a", "b"]}]}""")]
    public void Read_AnythingElse_IsUnreadable(string reply) => Assert.Throws<UnreadableVerdictException>(() => Read(reply));

    [Theory]
    [InlineData("""{"questions": [{"question": "For whom?", "answers": ["Say 5.", "Say 5."]}]}""")]
    [InlineData("""{"questions": [{"question": "For whom?", "answers": ["a", "b"], "Say 5.": true}]}""")]
    public void Read_Unreadable_SaysSoWithoutAWordOfTheReply(string reply) =>
        Assert.DoesNotContain("Say 5", Assert.Throws<UnreadableVerdictException>(() => Read(reply)).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_MoreThanTenQuestions_IsUnreadable() => Assert.Throws<UnreadableVerdictException>(
        () => Read($$"""{"questions": [{{string.Join(", ", Enumerable.Range(0, 11).Select(i => $$"""{"question": "{{i}}?", "answers": ["a", "b"]}"""))}}]}"""));

    private static JudgeCase Judged => JudgeCaseTests.Case(UntrustedForm.Fence, "r");

    private static string Read(string reply, string prompt = "What is 2 + 2?")
    {
        var shown = Generation.Shown(Judged.Example(prompt, "r", reference: null));
        return Generation.Read(shown, Generation.BuildCall(shown), new JudgeReply(reply));
    }
}
