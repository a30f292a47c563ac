using Gateway.Cli.Audit;

namespace Gateway.Cli.Tests;

public class AuditQuestionTests
{
    [Theory]
    [InlineData("""{"question":"q1","answer":"worked 1","final":"1"}""", "q1", "1", "worked 1")]
    [InlineData("""{"problem":"q1","solution":"worked 1","answer":"1"}""", "q1", "1", "worked 1")]
    [InlineData("""{"question":"q1","golden_answer":"1"}""", "q1", "1", "1")]
    public void Read_ASet_TakesQuestionReferenceAndWorkedAnswer(string line, string question, string reference, string worked)
    {
        using var file = new TemporaryFile("set.jsonl", line + "\n" + """{"question":"q2","answer":"worked 2","final":"2"}""" + "\n");

        var first = AuditQuestion.Read(file.Info, 0)[0];

        Assert.Equal(new AuditQuestion(question, reference, worked, "worked 2"), first);
    }

    [Fact]
    public void Read_ALimit_TakesTheFirstQuestions()
    {
        var set = new FileInfo(RepositoryRoot.File("tests/Gateway.Cli.Tests/Questions/gsm8k-24.jsonl"));

        Assert.Equal(5, AuditQuestion.Read(set, 5).Count);
        Assert.Equal(24, AuditQuestion.Read(set, 0).Count);
        Assert.All(AuditQuestion.Read(set, 0), question => Assert.NotEqual(question.Worked, question.Wrong));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("""{"question":"q"}""", 1)]
    [InlineData("""{"question":3,"final":"1"}""", 1)]
    [InlineData("[1]", 1)]
    [InlineData("nonsense", 1)]
    public void Read_ABadLine_NamesIt(string line, int number)
    {
        using var file = new TemporaryFile("set.jsonl", line + "\n");

        Assert.Contains($"Line {Math.Max(number, 1)} of set.jsonl", Assert.Throws<AuditException>(() => AuditQuestion.Read(file.Info, 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OneAnswerForAll_HasNoWrongAnswers()
    {
        using var file = new TemporaryFile("set.jsonl", """{"question":"q1","final":"1"}""" + "\n" + """{"question":"q2","final":"1"}""" + "\n");

        Assert.Contains("no two questions with unlike answers", Assert.Throws<AuditException>(() => AuditQuestion.Read(file.Info, 0)).Message, StringComparison.Ordinal);
    }
}
