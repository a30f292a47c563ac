using System.Runtime.CompilerServices;

namespace Gateway.Server.Upstream;

/// <summary>
/// What comes from destinations is taken up by the few threads that wait for all sockets, and not first handed to the pool of threads: for what
/// passes through, the hand-over is a good part of the cost. Nothing that takes long may run there, since every connection would wait for it.
/// </summary>
internal static class SocketThreads
{
    private const string Setting = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Lets them take up what comes, unless the environment says otherwise; to be called before the process has its first socket.</summary>
    public static void TakeUpWhatComes() =>
        Environment.SetEnvironmentVariable(Setting, Environment.GetEnvironmentVariable(Setting) ?? "1");

    /// <summary>Goes on with a thread of the pool.</summary>
    public static ConfiguredTaskAwaitable LeaveAsync() => Task.CompletedTask.ConfigureAwait(
        Thread.CurrentThread.IsThreadPoolThread ? ConfigureAwaitOptions.None : ConfigureAwaitOptions.ForceYielding);
}
