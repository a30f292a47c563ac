using System.Runtime.CompilerServices;
using System.Text;
using Gateway.Server.Upstream;

namespace Gateway.Server.Tests.Upstream;

/// <summary>Replies are taken up by the threads of the sockets, and what is made of them is not made there.</summary>
public sealed class SocketThreadsTests
{
    /// <summary>As in the program, before the process has a socket; so all tests run as the gateway does.</summary>
    [ModuleInitializer]
    internal static void TakeUpWhatComes() => SocketThreads.TakeUpWhatComes();

    [Fact]
    public async Task Send_AReplyTakenUpByASocketsThread_GoesOnWithThePools()
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var engine = await ScriptedUpstream.StartAsync(async http =>
        {
            await answer.Task;
            await ScriptedUpstream.TextAsync(http, 200, "well");
        });
        await using var pool = TestPool.Start(ScriptedUpstream.Cluster("c", engine));
        using var plain = new HttpClient { BaseAddress = engine.Address };
        var call = new UpstreamCall { Cluster = "c", Path = "/call", Body = Encoding.UTF8.GetBytes("{}") };

        var ours = IsOnThePoolAfterAsync(pool.Pool.SendAsync(call, TestContext.Current.CancellationToken));
        var others = IsOnThePoolAfterAsync(plain.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken));
        await Eventually.TrueAsync(() => engine.Seen.Count == 2, "both calls arrive");
        answer.SetResult();

        Assert.Equal((true, false), (await ours, await others));
    }

    private static async Task<bool> IsOnThePoolAfterAsync(Task call)
    {
        await call.ConfigureAwait(false);
        return Thread.CurrentThread.IsThreadPoolThread;
    }
}
