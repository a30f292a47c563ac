using System.CommandLine;
using Gateway.Client;
using Spectre.Console;

namespace Gateway.Cli.Audit;

/// <summary><c>audit</c>: how often a model takes texts that answer nothing for right answers, hardened against unhardened.</summary>
internal static class AuditCommand
{
    // As shells number what an interrupt has ended.
    private const int Stopped = 130;

    private static readonly Option<Uri> Gateway = new("--gateway") { Description = "The gateway's address.", DefaultValueFactory = _ => new Uri("http://127.0.0.1:8080"), CustomParser = ReadAddress };
    private static readonly Option<string> Model = new("--model") { Description = "The model to audit.", Required = true };
    private static readonly Option<FileInfo[]> Questions = new("--questions") { Description = "Question sets (.jsonl or .jsonl.gz): question or problem, final or answer or golden_answer, and a worked answer or solution.", Required = true, AllowMultipleArgumentsPerToken = true };
    private static readonly Option<FileInfo[]> Attacks = new("--attacks") { Description = "Other attack catalogues (.jsonl): lines of id, family, source, response ({wrong} and {question} are filled in) and perhaps times.", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string> Around = new("--around") { Description = "What is written around each attack, {attack}: an attacker who knows what the model looks for.", DefaultValueFactory = _ => "{attack}" };
    private static readonly Option<int> Limit = new("--limit") { Description = "Questions per set; 0: all.", DefaultValueFactory = _ => 200 };
    private static readonly Option<string> Threshold = new("--threshold") { Description = "A score above which a response counts as taken for right, or 'right': the score of the question's own worked answer.", DefaultValueFactory = _ => "right" };
    private static readonly Option<string?> Policy = new("--policy") { Description = "The hardened side's policy; left out: the model's own." };
    private static readonly Option<string?> Controls = new("--controls") { Description = "'on' or 'off': whether the hardened side holds responses against control answers; left out: as the model's settings say." };
    private static readonly Option<bool> Pairs = new("--pairs") { Description = "Ask about each attack beside the question's worked answer, as judges that compare two responses need it: it counts as taken for right where it wins." };
    private static readonly Option<string> Prompt = new("--prompt") { Description = "The user's turn, from {question} and {reference}.", DefaultValueFactory = _ => "{question}\n\nReference answer: {reference}" };
    private static readonly Option<bool> SendReference = new("--send-reference") { Description = "Send the reference in a field of its own, as judges that compare with one need it; leave {reference} out of --prompt then." };
    private static readonly Option<int> Concurrency = new("--concurrency") { Description = "Calls in flight.", DefaultValueFactory = _ => 4 };
    private static readonly Option<int> SuffixQuestions = new("--suffix-questions") { Description = "Questions for the random search of suffixes; 0 leaves it out.", DefaultValueFactory = _ => 20 };
    private static readonly Option<int> SuffixQueries = new("--suffix-queries") { Description = "Responses that one search may ask about.", DefaultValueFactory = _ => 320 };
    private static readonly Option<int> Seed = new("--seed") { Description = "The random search's seed.", DefaultValueFactory = _ => 1 };
    private static readonly Option<DirectoryInfo> Out = new("--out") { Description = "Where audit.md, audit.json and audit.svg go.", DefaultValueFactory = _ => new DirectoryInfo("audit-report") };

    /// <summary>The command.</summary>
    public static Command Create(TimeProvider clock)
    {
        AtLeast(Limit, 0);
        AtLeast(Concurrency, 1);
        AtLeast(SuffixQuestions, 0);
        AtLeast(SuffixQueries, 1);
        Threshold.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } value && value != "right" && !TryNumber(value, out _))
            {
                result.AddError($"--threshold is '{value}'; give a number or 'right'.");
            }
        });
        Around.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } value && !value.Contains("{attack}", StringComparison.Ordinal))
            {
                result.AddError($"--around is '{value}'; write {{attack}} where the attack is to stand.");
            }
        });
        Questions.AcceptExistingOnly();
        Attacks.AcceptExistingOnly();
        Controls.AcceptOnlyFromAmong("on", "off");
        var command = new Command("audit", "Runs the attack catalogue on real questions and prints how often the model takes an attack for a right answer.")
        {
            Gateway, Model, Questions, Attacks, Around, Limit, Threshold, Policy, Controls, Pairs, Prompt, SendReference, Concurrency, SuffixQuestions, SuffixQueries, Seed, Out,
        };
        command.SetAction((parsed, cancellation) => RunAsync(Read(parsed), clock, cancellation));
        return command;
    }

    private static AuditOptions Read(ParseResult parsed) => new()
    {
        Gateway = parsed.GetValue(Gateway)!,
        Model = parsed.GetValue(Model)!,
        Questions = parsed.GetValue(Questions)!,
        Attacks = parsed.GetValue(Attacks) ?? [],
        Around = parsed.GetValue(Around)!,
        Limit = parsed.GetValue(Limit),
        Threshold = TryNumber(parsed.GetValue(Threshold)!, out var threshold) ? threshold : parsed.GetValue(Pairs) ? AuditOptions.Won : null,
        Policy = parsed.GetValue(Policy),
        Controls = parsed.GetValue(Controls),
        Pairs = parsed.GetValue(Pairs),
        Prompt = parsed.GetValue(Prompt)!,
        SendReference = parsed.GetValue(SendReference),
        Concurrency = parsed.GetValue(Concurrency),
        // Shares of two comparisons do not rise step by step, so there is nothing that a search could follow.
        SuffixQuestions = parsed.GetValue(Pairs) ? 0 : parsed.GetValue(SuffixQuestions),
        SuffixQueries = parsed.GetValue(SuffixQueries),
        Seed = parsed.GetValue(Seed),
        Out = parsed.GetValue(Out)!,
    };

    private static async Task<int> RunAsync(AuditOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        // Progress goes to the error stream, so that the tables can be piped.
        var notes = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        try
        {
            using var http = new HttpClient { BaseAddress = options.Gateway, Timeout = Timeout.InfiniteTimeSpan };
            var audit = new AuditRun(new GatewayClient(http), options, clock);
            var report = await notes.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .StartAsync(progress => audit.RunAsync(new AuditProgress(progress), cancellation));
            await AuditFiles.WriteAsync(report, options.Out, cancellation);
            AnsiConsole.Write(AuditTable.Of(report));
            AnsiConsole.WriteLine(AuditTable.Costs(report));
            notes.WriteLine($"Written: {options.Out.FullName} (audit.md, audit.json, audit.svg).");
            return report.Errors.Count == 0 ? 0 : Complain(notes, $"{report.Errors.Sum(error => error.Value)} responses could not be scored and are left out: {string.Join(", ", report.Errors.Select(error => $"{error.Key} × {error.Value}"))}.");
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Complain(notes, "Stopped; nothing was written.");
            return Stopped;
        }
        catch (HttpRequestException e)
        {
            return Complain(notes, $"{e.Message} Is a gateway running at {options.Gateway}? --gateway names another.");
        }
        catch (Exception e) when (e is AuditException or GatewayCallException or IOException)
        {
            return Complain(notes, e.Message);
        }
    }

    private static int Complain(IAnsiConsole notes, string message)
    {
        notes.WriteLine(message);
        return 1;
    }

    private static Uri? ReadAddress(System.CommandLine.Parsing.ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var address) && (address.Scheme is "http" or "https"))
        {
            return address;
        }

        result.AddError($"--gateway is '{text}'; give an address such as http://127.0.0.1:8080.");
        return null;
    }

    private static void AtLeast(Option<int> option, int least) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() is var value && value < least)
        {
            result.AddError($"{option.Name} is {value}; give at least {least}.");
        }
    });

    private static bool TryNumber(string text, out double number) =>
        double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
}
