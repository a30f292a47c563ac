using System.Text;
using Gateway.Core.Scoring;
using Gateway.Server.Proxy;

namespace Gateway.Server.Tests.Proxy;

/// <summary>The model is found in what is there of a body, and nothing that might be another model is passed over.</summary>
public sealed class ModelScanTests
{
    [Theory]
    [InlineData("""{"model":"a"}""", "a")]
    [InlineData("""  {"messages": [{"model": "inner"}], "model" : "a/b" }""", "a/b")]
    [InlineData("""{"\u006dodel":"a"}""", "a")]
    [InlineData("""{"model":"\u0061\u002fb \"c\""}""", "a/b \"c\"")]
    [InlineData("""{"Model":"x","model":"a"}""", "a")]
    [InlineData("""{"model":""}""", "")]
    [InlineData("""{"model":"a","text":"say \"model\" and \\u006d"}""", "a")]
    [InlineData("""{"model":"a","tools":[{"parameters":{"model":"x"}}]}""", "a")]
    [InlineData("""{"messages":[]}""", null)]
    [InlineData("{}", null)]
    [InlineData("\uFEFF{\"model\":\"a\"}", "a")]
    [InlineData("""{"model":"a", what follows is the destination's to judge""", "a")]
    public void TryRead_WholeBody_FindsTheModelAtTheTop(string body, string? model)
    {
        Assert.True(ModelScan.TryRead(Encoding.UTF8.GetBytes(body), whole: true, out var scan));

        Assert.Equal(model, scan.Model);
    }

    [Theory]
    [InlineData("", "not JSON: line 1, byte 0")]
    [InlineData("model=a", "not JSON: line 1, byte 0")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("\"model\"", "not a JSON object")]
    [InlineData("null", "not a JSON object")]
    [InlineData("{\"x\":1,\n\"y\" 2}", "not JSON: line 2, byte 4")]
    [InlineData("{\"x\":\"", "not JSON")]
    [InlineData("""{"model":1}""", "model: send the name as a text.")]
    [InlineData("""{"model":null}""", "model: send the name as a text.")]
    [InlineData("""{"model":{"model":"a"}}""", "model: send the name as a text.")]
    [InlineData("""{"model":"a","model":"a"}""", "model: the field is given twice")]
    [InlineData("""{"model":"a","x":"model","model":"b"}""", "model: the field is given twice")]
    [InlineData("""{"model":"a","x":[{"model":1}],"mod\u0065l":"b"}""", "model: the field is given twice")]
    [InlineData("""{"model":"a","temperature":NaN,"model":"b"}""", "not JSON")]
    [InlineData("""{"model":"\ud800"}""", "lone surrogate")]
    public void TryRead_WrongBody_SaysWhy(string body, string why)
    {
        var fault = Assert.Throws<GatewayException>(() => ModelScan.TryRead(Encoding.UTF8.GetBytes(body), whole: true, out _));

        Assert.Equal(ErrorKind.InvalidRequest, fault.Kind);
        Assert.Contains(why, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_InvalidUtf8InTheName_IsRefused()
    {
        byte[] body = [.. "{\"model\":\"a"u8, 0xC3, 0x28, .. "\"}"u8];

        Assert.Throws<GatewayException>(() => ModelScan.TryRead(body, whole: true, out _));
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"n":1,"model":"a\"b","x":{"model":2}}""")]
    [InlineData("""{"model":"a","messages":[]}""")]
    public void TryRead_EveryBeginning_AsksForMoreOrFindsTheSame(string text)
    {
        var body = Encoding.UTF8.GetBytes(text);
        Assert.True(ModelScan.TryRead(body, whole: true, out var all));

        var found = Enumerable.Range(0, body.Length).Select(length => (Found: ModelScan.TryRead(body.AsSpan(0, length), whole: false, out var scan), scan.Model)).ToArray();

        Assert.False(found[0].Found);
        Assert.True(found[^1].Found);
        Assert.All(found.Where(one => one.Found), one => Assert.Equal(all.Model, one.Model));
        Assert.Equal(found.Select(one => one.Found).Order(), found.Select(one => one.Found));
    }

    [Fact]
    public void TryRead_Span_IsTheValueWithItsQuotes()
    {
        var body = Encoding.UTF8.GetBytes("\uFEFF { \"x\" : 1, \"model\" :  \"ä\\u0062\" , \"messages\" : [1] }");

        Assert.True(ModelScan.TryRead(body, whole: true, out var scan));

        Assert.Equal("äb", scan.Model);
        Assert.Equal("\"ä\\u0062\"", Encoding.UTF8.GetString(body[scan.Start..scan.End]));
        Assert.Equal((byte)'[', body[scan.Prompt]);
    }

    [Theory]
    [InlineData("""{"model":"a","messages":[{"role":"system","content":"SYSTEM"}]}""", """{"messages":[{"role":"system","content":"SYSTEM"}],"temperature":1,"model":"b"}""", true)]
    [InlineData("""{"model":"a","prompt":"SYSTEM"}""", """{"model":"a","n":2,"prompt":"SYSTEM"}""", true)]
    [InlineData("""{"model":"a","text":"SYSTEM"}""", """{"model":"a","text":"other SYSTEM"}""", false)]
    [InlineData("""{"model":"a","x":"SYSTEM"}""", """{"model":"a","x":"SYSTEM"}""", false)]
    public void Prefix_SamePromptElsewhereInTheBody_IsTheSame(string one, string other, bool same)
    {
        var system = new string('s', 300);

        var (left, right) = (PrefixOf(one), PrefixOf(other));

        Assert.Equal(same, left.Count > 0 && left[0] == right[0]);

        Gateway.Server.Upstream.PromptPrefix PrefixOf(string text)
        {
            var body = Encoding.UTF8.GetBytes(text.Replace("SYSTEM", system, StringComparison.Ordinal));
            Assert.True(ModelScan.TryRead(body, whole: true, out var scan));
            return scan.Prefix(body);
        }
    }
}
