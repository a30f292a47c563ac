using System.Net.Http.Headers;
using System.Text;

namespace Gateway.Server.Tests;

/// <summary>Bodies that no sample file can hold, on every dialect; each gets a clear answer and the next request is served.</summary>
public sealed class MalformedBodyTests : IAsyncDisposable
{
    private const string Good = """{"prompt": "p", "response": "xyz"}""";

    private readonly TestGateway _gateway = TestGateway.With(new ScriptedModel());

    public static TheoryData<string> Routes => ["/v1/score", "/get_reward", "/slime", "/slime/object", "/classify", "/api/rewardanything", "/api/rewardanything_batch"];

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Theory]
    [MemberData(nameof(Routes))]
    public Task Post_EmptyBody_Is400(string route) => RefusedAsync(route, "", "not JSON");

    [Theory]
    [MemberData(nameof(Routes))]
    public Task Post_NullBody_Is400(string route) => RefusedAsync(route, "null", "null");

    [Theory]
    [MemberData(nameof(Routes))]
    public Task Post_TenThousandBrackets_Is400(string route) => RefusedAsync(route, new string('[', 10_000), "nested too deeply");

    [Theory]
    [InlineData("/v1/score", "reference")]
    [InlineData("/get_reward", "label")]
    [InlineData("/slime", "label")]
    [InlineData("/classify", "user")]
    [InlineData("/api/rewardanything", "extra")]
    public Task Post_TenThousandBracketsWithinAField_SaysThatItIsTooDeep(string route, string field) =>
        RefusedAsync(route, $$"""{"{{field}}": {{new string('[', 10_000)}}""", "nested too deeply");

    [Theory]
    [MemberData(nameof(Routes))]
    public Task Post_InvalidUtf8_Is400(string route) =>
        RefusedAsync(route, [.. """{"prompt": "p", "response": "a"""u8, 0xC3, 0x28, 0xFF, .. "\"}"u8], "UTF-8");

    [Theory]
    [MemberData(nameof(Routes))]
    public Task Post_Utf16_Is400(string route) => RefusedAsync(route, Encoding.Unicode.GetBytes("{\"prompt\": \"\uD800\"}"), "UTF-8");

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Post_Gzip_Is400NamingTheEncoding(string route)
    {
        using var content = new StringContent(Good);
        content.Headers.ContentEncoding.Add("gzip");

        var (status, reply, _) = await _gateway.SendAsync(route, content);

        Assert.Equal(400, status);
        Assert.Contains("Content-Encoding 'gzip' is not read", reply!.ToJsonString().Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("identity")]
    [InlineData(null)]
    public async Task Post_NoEncoding_IsScored(string? encoding)
    {
        using var content = new StringContent(Good);
        if (encoding is not null)
        {
            content.Headers.ContentEncoding.Add(encoding);
        }

        Assert.Equal(200, (await _gateway.SendAsync("/v1/score", content)).Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    public async Task Post_AnyContentType_IsReadAsJson(string? type)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Good));
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);

        Assert.Equal(200, (await _gateway.SendAsync("/v1/score", content)).Status);
    }

    [Theory]
    [InlineData("/v1/score")]
    [InlineData("/slime")]
    public async Task Post_ByteOrderMark_IsSkipped(string route)
    {
        using var content = new ByteArrayContent([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Good)]);

        Assert.Equal(200, (await _gateway.SendAsync(route, content)).Status);
    }

    [Theory]
    [InlineData("/v1/score", """{"prompt": "JUDGED", "response": "JUDGED", "options": "JUDGED"}""")]
    [InlineData("/v1/score", """{"prompt": "JUDGED", "response": "JUDGED", "options": {"cache": "JUDGED"}}""")]
    [InlineData("/v1/score", """{"prompt": "JUDGED", "response": ["JUDGED"]}""")]
    [InlineData("/v1/score", """{"messages": [{"role": {"JUDGED": 1}, "content": "JUDGED"}], "response": "JUDGED"}""")]
    [InlineData("/v1/score", """{"items": [{"prompt": "JUDGED", "responses": "JUDGED"}]}""")]
    [InlineData("/v1/score", """{"items": [{"prompt": "JUDGED", "responses": ["JUDGED"], "reference": "JUDGED"}]}""")]
    [InlineData("/v1/score", """{"prompt": "JUDGED", "response": "JUDGED" "JUDGED"}""")]
    [InlineData("/v1/score", """{"prompt": "JUDGED", "response": "JUDGED\x"}""")]
    [InlineData("/get_reward", """{"query": "JUDGED"}""")]
    [InlineData("/get_reward", """{"query": ["JUDGED", {"JUDGED": 1}]}""")]
    [InlineData("/get_reward", """{"query": ["JUDGED"], "prompts": ["JUDGED", "JUDGED"]}""")]
    [InlineData("/slime", """{"prompt": {"JUDGED": "JUDGED"}, "response": "JUDGED"}""")]
    [InlineData("/slime", """{"prompt": [{"content": "JUDGED"}], "response": "JUDGED"}""")]
    [InlineData("/classify", """{"input": {"JUDGED": "JUDGED"}}""")]
    [InlineData("/classify", """{"input": ["JUDGED", 1]}""")]
    [InlineData("/classify", """{"messages": [{"role": "user", "content": "JUDGED"}]}""")]
    [InlineData("/api/rewardanything", """{"principle": "p", "prompt": {"JUDGED": 1}, "responses": {"a": "JUDGED"}}""")]
    [InlineData("/api/rewardanything", """{"principle": "p", "prompt": "JUDGED", "responses": {"a": ["JUDGED"]}}""")]
    [InlineData("/api/rewardanything_batch", """[{"principle": "p", "prompt": "JUDGED", "responses": "JUDGED"}]""")]
    public async Task Post_BadBody_EchoesNeitherJudgedTextNorTypeNames(string route, string body)
    {
        var (status, reply, _) = await _gateway.PostAsync(route, body);

        Assert.Equal(400, status);
        Assert.DoesNotMatch("JUDGED|System\\.|Gateway\\.|Utf8|Int32|`|\\bat \\w+\\.\\w+\\(|\\|", reply!.ToJsonString());
    }

    private Task RefusedAsync(string route, string body, string why) => RefusedAsync(route, Encoding.UTF8.GetBytes(body), why);

    private async Task RefusedAsync(string route, byte[] body, string why)
    {
        using var content = new ByteArrayContent(body);

        var (status, reply, response) = await _gateway.SendAsync(route, content);

        Assert.Equal(400, status);
        Assert.Equal("invalid_request", response.Headers.GetValues("X-Gateway-Error").Single());
        Assert.Contains(why, reply!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(200, (await _gateway.PostAsync("/v1/score", Good)).Status);
    }
}
