namespace Gateway.Server.Tests;

/// <summary>Waits for what another thread is about to do where there is no signal to await; yields, never sleeps.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Returns once the condition holds, and fails the test where it never does.</summary>
    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"Never happened: {what}");
            await Task.Yield();
        }
    }

    /// <summary>The same for a condition that must be asked for.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"Never happened: {what}");
            await Task.Yield();
        }
    }
}
