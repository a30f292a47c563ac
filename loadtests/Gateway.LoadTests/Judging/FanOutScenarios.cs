namespace Gateway.LoadTests.Judging;

/// <summary>The ways in which many calls at a time are asked, with the engines that each of them needs.</summary>
internal sealed class FanOutScenarios(string program, JudgeSettings settings, int calls, TimeProvider time)
{
    /// <summary>Every how manieth call the engine that hangs never answers.</summary>
    public const int Hangs = 20;

    /// <summary>The deadline of requests to it, in milliseconds.</summary>
    public const int DeadlineMs = 3_000;

    private const string Style = "rubric";
    private const int Waves = 8;
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(2);

    /// <summary>Starts the engines and declares judges and clusters.</summary>
    public async Task<FanOutScenario[]> MakeAsync(JudgingCommand.Owned owned, CancellationToken cancellation)
    {
        var completion = JudgedStyle.All.Single(style => style.Name == Style).Reply([]);
        var quick = await StartAsync("quick", Short);
        var slow = await StartAsync("slow", Long);
        var hung = await StartAsync("hung", Short, Hangs);
        var first = await StartAsync("first", Short);
        var second = await StartAsync("second", Short);
        var limit = (calls + Waves - 1) / Waves;
        Judge("fan-quick", quick, calls);
        Judge("fan-limited", quick, limit);
        Judge("fan-slow", slow, calls);
        Judge("fan-hung", hung, calls);
        Judge("fan-reload", first, limit);
        var waves = Waves * Short.TotalMilliseconds;
        return
        [
            new($"{calls} responses in one request, no limit", "fan-quick", calls, Short.TotalMilliseconds, [quick]),
            new($"{calls} requests of one response, no limit", "fan-quick", calls, Short.TotalMilliseconds, [quick]) { IsSingle = true },
            new($"the same, engine of 2 s", "fan-slow", calls, Long.TotalMilliseconds, [slow]) { IsSingle = true },
            new($"{calls} responses, {limit} at a time", "fan-limited", limit, waves, [quick]),
            new($"every {Hangs}th call never answered, deadline {DeadlineMs / 1000} s", "fan-hung", calls, DeadlineMs, [hung]) { TimeoutMs = DeadlineMs },
            new($"{limit} at a time, a second engine added meanwhile", "fan-reload", limit, waves, [first, second])
            {
                Before = token => SetAsync(TimeSpan.FromSeconds(1.5), token, first),
                Meanwhile = token => SetAsync(TimeSpan.Zero, token, first, second),
            },
        ];

        async Task<JudgeEngine> StartAsync(string name, TimeSpan delay, int? never = null) =>
            owned.Add(await JudgeEngine.StartAsync(program, name, delay, completion, cancellation, never));

        void Judge(string name, JudgeEngine engine, int most)
        {
            settings.SetCluster(name, engine);
            settings.AddJudge(name, Style, name, most);
        }
    }

    private async Task SetAsync(TimeSpan settle, CancellationToken cancellation, params JudgeEngine[] engines)
    {
        // The change is taken some hundred milliseconds later, which is in the midst of the waves.
        settings.SetCluster("fan-reload", engines);
        settings.Write();
        await Task.Delay(settle, time, cancellation);
    }
}
