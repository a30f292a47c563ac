using System.Text;
using Gateway.Core.Scoring;
using Gateway.Server.Proxy;

namespace Gateway.Server.Tests.Proxy;

/// <summary>Translated bodies, byte for byte.</summary>
public sealed class FieldTranslationsTests
{
    [Theory]
    [InlineData(
        Translation.GuidedToStructured,
        """{"model": "m", "guided_json": {"type" : "object"}, "n":1}""",
        """{"model": "m","structured_outputs":{"json":{"type" : "object"}},"n":1}""")]
    [InlineData(Translation.GuidedToStructured, """{"guided_regex":"a\u002b"}""", """{"structured_outputs":{"regex":"a\u002b"}}""")]
    [InlineData(Translation.GuidedToStructured, """{"guided_choice":["a", "b"]}""", """{"structured_outputs":{"choice":["a", "b"]}}""")]
    [InlineData(
        Translation.GuidedToStructured,
        """{"guided_grammar":"g","x":1.0,"guided_whitespace_pattern":" ?"}""",
        """{"structured_outputs":{"grammar":"g","whitespace_pattern":" ?"},"x":1.0}""")]
    [InlineData(Translation.GuidedToStructured, """{"guided_json":null,"x":1}""", """{"x":1}""")]
    [InlineData(Translation.GuidedToStructured, """{"guided_json":{},"structured_outputs":null}""", """{"structured_outputs":{"json":{}}}""")]
    [InlineData(Translation.StructuredToGuided, """{"structured_outputs": {"json" : {"a":1}, "regex":null}, "x":1}""", """{"guided_json":{"a":1},"x":1}""")]
    [InlineData(Translation.StructuredToGuided, """{"x":1,"structured_outputs":{}}""", """{"x":1}""")]
    [InlineData(Translation.MaxTokensToMaxCompletionTokens, """{"max_tokens" : 7, "x":"max_tokens"}""", """{"max_completion_tokens":7,"x":"max_tokens"}""")]
    [InlineData(Translation.MaxCompletionTokensToMaxTokens, """{"max_completion_tokens":7,"max_tokens":null}""", """{"max_tokens":7}""")]
    [InlineData(Translation.MaxTokensToMaxCompletionTokens, "{\"max_\\u0074okens\":7,\"content\":\"äöü \\ud83d\\ude00 😀\"}", "{\"max_completion_tokens\":7,\"content\":\"äöü \\ud83d\\ude00 😀\"}")]
    public void Apply_FieldThatIsTranslated_WritesTheOthersAsTheyWere(Translation translation, string body, string expected) =>
        Assert.Equal(expected, Apply(body, translation));

    [Theory]
    [InlineData(Translation.GuidedToStructured, """{"structured_outputs":{"json":{}},"guided_decoding_backend":"x"}""")]
    [InlineData(Translation.GuidedToStructured, """{"messages":[{"guided_json":1}]}""")]
    [InlineData(Translation.StructuredToGuided, """{"guided_json":{},"structured_outputs":null}""")]
    [InlineData(Translation.MaxTokensToMaxCompletionTokens, """{"max_tokens":7,"max_completion_tokens":8}""")]
    [InlineData(Translation.MaxCompletionTokensToMaxTokens, """{"max_tokens":7}""")]
    public void Apply_NothingToTranslate_LeavesTheBody(Translation translation, string body) => Assert.Null(Apply(body, translation));

    [Fact]
    public void Apply_SeveralTranslations_DoesAll() => Assert.Equal(
        """{"structured_outputs":{"regex":"x"},"max_completion_tokens":1}""",
        Apply("""{"guided_regex":"x","max_tokens":1}""", Translation.MaxTokensToMaxCompletionTokens, Translation.GuidedToStructured));

    [Theory]
    [InlineData(Translation.GuidedToStructured, """{"guided_json":{},"structured_outputs":{"regex":"x"}}""", "guided_json and structured_outputs say the same")]
    [InlineData(Translation.StructuredToGuided, """{"guided_json":{},"structured_outputs":{"json":{}}}""", "guided_json and structured_outputs say the same")]
    [InlineData(Translation.StructuredToGuided, """{"structured_outputs":{"structural_tag":"x"}}""", "structured_outputs.structural_tag: the servers of this cluster know no such constraint")]
    [InlineData(Translation.StructuredToGuided, """{"structured_outputs":"x"}""", "not a JSON object")]
    [InlineData(Translation.GuidedToStructured, """{"guided_json":{}""", "not JSON")]
    [InlineData(Translation.GuidedToStructured, """{"guided_json":{}} {}""", "not JSON")]
    public void Apply_WhatCannotBeSaid_IsRefused(Translation translation, string body, string why)
    {
        var fault = Assert.Throws<GatewayException>(() => Apply(body, translation));

        Assert.Contains(why, fault.Message, StringComparison.Ordinal);
    }

    private static string? Apply(string body, params Translation[] translations) =>
        FieldTranslations.Apply(Encoding.UTF8.GetBytes(body), translations) is { } translated ? Encoding.UTF8.GetString(translated) : null;
}
