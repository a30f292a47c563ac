using System.Runtime.InteropServices;
using Gateway.LoadTests;
using Gateway.LoadTests.Caching;
using Gateway.LoadTests.Figures;
using Gateway.LoadTests.Judging;

const string Help = """
    Load tests of the reward gateway.

      figures                  measure every route side by side and write loadtests/results/first-figures.md
        --rounds N             how often every route is measured, taking turns (5)
        --passes N             how often one measurement scores the workload (3; the naive server's once)
        --items N              distinct pairs in the workload (2048)
        --model NAME           the model under models/ (rm-mini)
        --server PATH          the gateway's Release build (src/Gateway.Server/bin/Release/net10.0/Gateway.Server.dll)
        --python PATH|none     a Python with torch, aiohttp, onnx, sentencepiece (/usr/bin/python3); none leaves the naive server out
        --out PATH             where the table goes

      cache                    measure stored scores of both tiers beside their floors and write loadtests/results/cache.md
        --rounds N             how often every route is measured, taking turns (5)
        --routes PREFIX        only routes over HTTP whose names begin so, such as process-64
        --milliseconds N       one measurement over HTTP (1500)
        --items N              distinct items of each spelling (2048)
        --server PATH          the gateway's Release build
        --redis PATH, --redis-benchmark PATH   Debian's redis-server and redis-benchmark (/usr/bin/…)
        --out PATH             where the table goes

      judging                  measure what judging costs by style, and many judge calls at a time, and write loadtests/results/judging.md
        --rounds N             how often everything is measured (5)
        --milliseconds N       one measurement over HTTP (1500)
        --calls N              judge calls at a time (2000)
        --part NAME            only styles, http or fan-out (all)
        --server PATH          the gateway's Release build
        --cc PATH              the C compiler that makes the engine (/usr/bin/gcc)
        --out PATH             where the table goes

      run batch|single|openrlhf   load on a server that already runs
        --url URL              the server (http://127.0.0.1:8080)
        --callers N            closed loop: callers that wait for their answers (batch and openrlhf 4, single 256)
        --rate R               open loop instead: requests per second, evenly spaced
        --duration S           measured seconds (10)
        --warm-up S            seconds before (2)
        --per-request N        items per request (64; single 1)
        --items N, --model NAME, --data FOLDER
    """;

using var ended = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
try
{
    switch (args)
    {
        case ["figures", .. var rest] when !rest.Contains("--help"):
            var options = FiguresOptions.From(new Arguments(rest));
            var report = await new FiguresCommand(options, TimeProvider.System, Console.Error).RunAsync(ended.Token);
            await ResultsFile.WriteAsync(options.Out, FiguresTable.Render(report, options), ended.Token);
            Console.WriteLine(FiguresTable.Render(report, options));
            return 0;
        case ["cache", .. var rest] when !rest.Contains("--help"):
            var cacheOptions = CacheFiguresOptions.From(new Arguments(rest));
            var cacheReport = await new CacheCommand(cacheOptions, TimeProvider.System, Console.Error).RunAsync(ended.Token);
            await ResultsFile.WriteAsync(cacheOptions.Out, CacheTable.Render(cacheReport, cacheOptions), ended.Token);
            Console.WriteLine(CacheTable.Render(cacheReport, cacheOptions));
            return 0;
        case ["judging", .. var rest] when !rest.Contains("--help"):
            var judgingOptions = JudgingFiguresOptions.From(new Arguments(rest));
            var judgingReport = await new JudgingCommand(judgingOptions, TimeProvider.System, Console.Error).RunAsync(ended.Token);
            await ResultsFile.WriteAsync(judgingOptions.Out, JudgingTable.Render(judgingReport, judgingOptions), ended.Token);
            Console.WriteLine(JudgingTable.Render(judgingReport, judgingOptions));
            return 0;
        case ["run", var scenario, .. var rest] when !args.Contains("--help"):
            return await RunCommand.RunAsync(scenario, new Arguments(rest), Console.Out, ended.Token) ? 0 : 1;
        default:
            Console.WriteLine(Help);
            return args.Length == 0 || args.Contains("--help") || args.Contains("-h") ? 0 : 2;
    }
}
catch (UsageException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}
catch (OperationCanceledException) when (ended.IsCancellationRequested)
{
    Console.Error.WriteLine("Ended before it was done; nothing was written.");
    return 130;
}

void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    ended.Cancel();
}
