using System.Text.RegularExpressions;
using Gateway.Core.Scoring;
using Gateway.Server.Configuration;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Gateway.Server;

/// <summary>Tells an operator everything that keeps the gateway from starting.</summary>
internal static partial class StartupReport
{
    /// <summary>Checks that every setting is known, readable and in its range.</summary>
    /// <exception cref="StartupException">Some are not; the problems of all checks are listed.</exception>
    public static void CheckSettings(IServiceProvider services)
    {
        var problems = new List<string>();
        foreach (var check in (Action[])[services.GetRequiredService<SettingsCheck>().Run, services.GetRequiredService<IStartupValidator>().Validate])
        {
            try
            {
                check();
            }
            catch (Exception e) when (Explains(e))
            {
                problems.AddRange(Problems(e).Select(problem => ByPath(problem, services.GetServices<SettingsSection>())));
            }
            catch (InvalidOperationException) when (problems.Count > 0)
            {
                // The binder could not read a value; the first check has named it.
            }
        }

        if (problems.Count > 0)
        {
            throw new StartupException(problems);
        }
    }

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

    // The framework names types and their properties; an operator knows the setting's path.
    private static string ByPath(string problem, IEnumerable<SettingsSection> sections)
    {
        const string Property = "Property ";
        var field = FieldFailure.Match(problem);
        if (!field.Success)
        {
            return problem.StartsWith(Property, StringComparison.Ordinal) ? problem[Property.Length..] : problem;
        }

        var (name, owner, fault) = (field.Groups[1].Value, field.Groups[2].Value, field.Groups[3].Value);
        return $"{sections.FirstOrDefault(section => section.Type.Name == owner)?.Path ?? owner}:{name} {fault}";
    }

    [GeneratedRegex(@"^(\w+): The field (\S+)\.\1 (.*)$")]
    private static partial Regex FieldFailure { get; }
}
