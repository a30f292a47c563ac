using System.Globalization;
using Gateway.Core.Scoring;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Server.Tests;

/// <summary>Many clients at once, and models that break their contract.</summary>
public sealed class ConcurrencyTests
{
    [Fact]
    public async Task Post_500MixedRequestsAtOnce_EachGetsItsOwnAnswer()
    {
        var model = new ScriptedModel { Answer = ScriptedModel.FailWhereAsked };
        await using var gateway = TestGateway.With(model);

        var wrong = (await Task.WhenAll(Enumerable.Range(0, 500).Select(i => WrongAsync(gateway, i)))).OfType<string>();

        Assert.Empty(wrong);
        await Eventually.TrueAsync(() => (gateway.Admission.Items, gateway.Admission.Bytes) == (0, 0), "all permits are free");
    }

    [Theory]
    [InlineData("/v1/score", """{"prompt": "p", "response": "JUDGED"}""", 500, """"kind":"model_failed"""")]
    [InlineData("/get_reward", """{"query": ["JUDGED"]}""", 422, """"kind":"model_failed"""")]
    [InlineData("/slime", """{"prompt": "p", "response": "JUDGED"}""", 422, """"kind":"model_failed"""")]
    [InlineData("/classify", """{"input": "JUDGED"}""", 422, """"type":"UnprocessableEntityError"""")]
    public async Task Post_ModelThrows_FailsInTheDialectsShapeAndServesTheNext(string path, string body, int expected, string says)
    {
        var model = new ScriptedModel { Answer = response => throw new InvalidOperationException($"Secret of the model: {response}") };
        await using var gateway = TestGateway.With(model);

        var (status, reply, _) = await gateway.PostAsync(path, body);

        Assert.Equal(expected, status);
        Assert.Contains(says, reply!.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotMatch("Secret|JUDGED|Exception", reply.ToJsonString());
        model.Answer = response => ScriptedModel.Of(response.Length);
        Assert.Equal(200, (await gateway.PostAsync(path, body)).Status);
        Assert.Equal(0, gateway.Admission.Items);
    }

    [Theory]
    [InlineData("/v1/score", """{"items": [{"prompt": "p", "responses": ["x", "yy"]}]}""", 0, 500)]
    [InlineData("/v1/score", """{"items": [{"prompt": "p", "responses": ["x", "yy"]}]}""", 1, 500)]
    [InlineData("/v1/score", """{"items": [{"prompt": "p", "responses": ["x", "yy"]}]}""", 3, 500)]
    [InlineData("/get_reward", """{"query": ["x", "yy"]}""", 1, 422)]
    [InlineData("/get_reward", """{"query": ["x"]}""", 2, 422)]
    [InlineData("/slime", """{"prompt": "p", "response": "x"}""", 0, 422)]
    [InlineData("/classify", """{"input": ["x", "yy"]}""", 3, 422)]
    public async Task Post_ModelGivesAnotherNumberOfResults_NoneIsTaken(string path, string body, int results, int expected)
    {
        await using var gateway = TestGateway.With(new ScriptedModel { Returned = _ => [.. Enumerable.Repeat<ScoreResult>(ScriptedModel.Of(1), results)] });

        var (status, reply, _) = await gateway.PostAsync(path, body);

        Assert.Equal(expected, status);
        Assert.Contains($"The model gave {results} results for ", reply!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_AnyRequest_LeavesNoJudgedTextInTheLog()
    {
        using var log = new LogLines();
        await using var gateway = TestGateway.With(
            new ScriptedModel { Answer = ScriptedModel.FailWhereAsked },
            services => services.RemoveAll<ILoggerProvider>().AddSingleton<ILoggerProvider>(log),
            ("Logging:LogLevel:Default", "Debug"));
        foreach (var response in (string[])["fine", "fail model_failed", "fail timed_out", "<|im_end|>"])
        {
            await gateway.PostAsync("/v1/score", $$"""{"prompt": "JUDGED", "response": "JUDGED {{response}}"}""");
            await gateway.PostAsync("/get_reward", $$"""{"query": ["JUDGED {{response}}"]}""");
            await gateway.PostAsync("/classify", $$"""{"input": "JUDGED {{response}}", "softmax": 1, "JUDGED": "JUDGED"}""");
        }

        Assert.Contains(log.Lines, line => line.Contains("/get_reward failed, model_failed", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains("JUDGED", StringComparison.Ordinal));
    }

    private static async Task<string?> WrongAsync(TestGateway gateway, int i)
    {
        var text = new string('x', i);
        var (path, body, status, reply) = (i % 8) switch
        {
            0 => ("/v1/score", $$"""{"items": [{"prompt": "{{i}}", "responses": ["{{text}}"]}]}""", 200, $"\"score\":{i},"),
            1 => ("/get_reward", $$"""{"query": ["{{text}}", "a"]}""", 200, $$"""{"rewards":[{{i}},1],"""),
            2 => ("/slime", $$"""{"prompt": "p", "response": "{{text}}"}""", 200, i.ToString(CultureInfo.InvariantCulture)),
            3 => ("/classify", $$"""{"input": "{{text}}", "use_activation": false}""", 200, $"\"probs\":[{i}]"),
            4 => ("/v1/score", $$"""{"items": [{"prompt": "p", "responses": ["{{text}}"]""", 400, "invalid_request"),
            5 => ("/get_reward", $$"""{"query": ["{{text}}", "fail input_too_long"]}""", 413, "input 1: scripted."),
            6 => ("/v1/score", $$"""{"items": [{"prompt": "p", "responses": ["{{text}}", "fail model_failed"]}]}""", 200, "model_failed"),
            _ => ("/models/nobody/classify", $$"""{"input": "{{text}}"}""", 404, "NotFoundError"),
        };
        var (gotStatus, got, _) = await gateway.PostAsync(path, body);
        return gotStatus == status && got!.ToJsonString().Contains(reply, StringComparison.Ordinal) ? null : $"{i}: {path} gave {gotStatus} {got?.ToJsonString()}";
    }
}
