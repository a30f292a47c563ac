namespace Gateway.Server;

/// <summary>Memory that starting took and nothing needs any more.</summary>
internal static class StartupGarbage
{
    private static int _given;

    /// <summary>Gives it back to the system, once for the process; the collector would keep the room for as long as the process lives.</summary>
    public static void GiveBack()
    {
        if (Interlocked.Exchange(ref _given, 1) == 0)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }
}
