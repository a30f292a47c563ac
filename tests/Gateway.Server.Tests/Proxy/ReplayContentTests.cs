using System.IO.Pipelines;
using Gateway.Server.Proxy;
using Gateway.Server.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Tests.Proxy;

/// <summary>The memory of a body that is held: given back once, when nobody sends from it any more, and never sent in part as if it were whole.</summary>
public sealed class ReplayContentTests
{
    private readonly Admission _admission = new(Options.Create(new LimitsOptions()));

    [Fact]
    public async Task Dispose_WhileTheBodyIsSent_GivesItBackOnceAndAtTheEnd()
    {
        var request = Request(100_000);
        var body = await HeldAsync(request, 200_000);
        using var content = new ReplayContent(body, request);
        var pipe = new Pipe();
        var sending = content.CopyToAsync(pipe.Writer.AsStream(), TestContext.Current.CancellationToken);

        body.Dispose();
        body.Dispose();

        Assert.False(sending.IsCompleted);
        Assert.Equal((true, 100_000L), (body.Whole, _admission.Bytes));
        var read = await pipe.Reader.ReadAtLeastAsync(100_000, TestContext.Current.CancellationToken);
        var length = read.Buffer.Length;
        pipe.Reader.AdvanceTo(read.Buffer.End);
        await sending;
        Assert.Equal((100_000L, 0L), (length, _admission.Bytes));
        await Assert.ThrowsAsync<HttpRequestException>(() => content.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Copy_BodyThatIsHeldInPart_IsSentOnce()
    {
        var request = Request(200_000);
        using var body = await HeldAsync(request, 50_000);
        using var content = new ReplayContent(body, request);
        using var first = new MemoryStream();
        using var second = new MemoryStream();

        await content.CopyToAsync(first, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<HttpRequestException>(() => content.CopyToAsync(second, TestContext.Current.CancellationToken));

        Assert.Equal((false, 200_000L, 0L, 0L), (body.Whole, first.Length, second.Length, _admission.Bytes));
    }

    [Fact]
    public async Task Copy_BodyThatIsHeldWhole_IsSentAgain()
    {
        var request = Request(1_000);
        using var body = await HeldAsync(request, 50_000);
        using var content = new ReplayContent(body, request);
        using var all = new MemoryStream();

        await content.CopyToAsync(all, TestContext.Current.CancellationToken);
        await content.CopyToAsync(all, TestContext.Current.CancellationToken);

        Assert.Equal(2_000, all.Length);
    }

    private static HttpRequest Request(int length) => new DefaultHttpContext { Request = { Body = new MemoryStream(new byte[length]), ContentLength = length } }.Request;

    private async Task<HeldBody> HeldAsync(HttpRequest request, int most)
    {
        var body = new HeldBody(request, _admission);
        await body.ReadToAsync(most, TestContext.Current.CancellationToken);
        return body;
    }
}
