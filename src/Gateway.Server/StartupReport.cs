using Gateway.Core.Scoring;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Gateway.Server;

/// <summary>Tells an operator everything that keeps the gateway from starting.</summary>
internal static class StartupReport
{
    /// <summary>True for what an operator can put right; anything else is a bug and keeps its stack.</summary>
    public static bool Explains(Exception fault) => fault is StartupException or OptionsValidationException or AggregateException
        || fault is IOException { InnerException: AddressInUseException };

    /// <summary>Prints all problems, a line each, and returns the exit code.</summary>
    public static int Print(Exception fault, TextWriter output)
    {
        var problems = Problems(fault).ToList();
        output.WriteLine($"The gateway does not start: {problems.Count} problem{(problems.Count == 1 ? "" : "s")}.");
        problems.ForEach(problem => output.WriteLine($"  - {problem}"));
        return 1;
    }

    private static IEnumerable<string> Problems(Exception fault) => fault switch
    {
        StartupException startup => startup.Problems,
        OptionsValidationException options => options.Failures,
        AggregateException all => all.InnerExceptions.SelectMany(Problems),
        IOException { InnerException: AddressInUseException } => [$"{fault.Message.TrimEnd('.')}; stop what listens there, or choose another with --urls."],
        _ => [fault.Message],
    };
}
