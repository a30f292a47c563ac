namespace Gateway.Server.Tests;

/// <summary>Waits for what another thread is about to do where there is no signal to await: looks at once, and soon leaves the processor to whoever does it.</summary>
internal static class Eventually
{
    private const int LooksAtOnce = 1_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    /// <summary>Returns once the condition holds, and fails the test where it never does.</summary>
    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);

    /// <summary>The same for a condition that must be asked for.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        for (var looks = 1; !await condition(); looks++)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"Never happened: {what}");
            if (looks < LooksAtOnce)
            {
                await Task.Yield();
            }
            else
            {
                await Task.Delay(Pause, TestContext.Current.CancellationToken);
            }
        }
    }
}
