using System.Collections;
using System.ComponentModel;
using Gateway.Core.Scoring;

namespace Gateway.Server.Configuration;

/// <summary>
/// Finds settings that nobody reads and values that are none, which the framework's binder passes over in silence. A mistyped name must not
/// leave a default in force unnoticed.
/// </summary>
internal sealed class SettingsCheck(IConfiguration configuration, IEnumerable<SettingsSection> sections)
{
    private const string Root = "Gateway";

    private readonly List<SettingsSection> _sections = [.. sections];

    /// <summary>Checks every setting below <c>Gateway</c>.</summary>
    /// <exception cref="StartupException">Some are unknown or unreadable; all are listed.</exception>
    public void Run()
    {
        var problems = new List<string>();
        CheckObject(configuration.GetSection(Root), _sections.Find(section => section.Path == Root)?.Type ?? typeof(object), problems);
        if (problems.Count > 0)
        {
            throw new StartupException(problems);
        }
    }

    private void CheckObject(IConfigurationSection section, Type type, List<string> problems)
    {
        if (IsOneValue(section, $"it has settings of its own: write {section.Path}:<name>", problems))
        {
            return;
        }

        var properties = type.GetProperties().Where(property => property.CanWrite).ToArray();
        foreach (var child in section.GetChildren())
        {
            var property = Array.Find(properties, property => property.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            var subsection = _sections.Find(known => known.Path.Equals(child.Path, StringComparison.OrdinalIgnoreCase));
            if (subsection is not null)
            {
                CheckValue(child, subsection.Type, problems);
            }
            else if (property is not null)
            {
                CheckValue(child, property.PropertyType, problems);
            }
            else
            {
                var known = properties.Select(p => p.Name).Concat(_sections
                    .Where(s => s.Path.StartsWith(section.Path + ":", StringComparison.Ordinal)).Select(s => s.Path[(section.Path.Length + 1)..]));
                problems.Add($"{child.Path} is no setting; {section.Path} has {string.Join(", ", known.Order(StringComparer.Ordinal))}.");
            }
        }
    }

    private void CheckValue(IConfigurationSection setting, Type type, List<string> problems)
    {
        if (EntriesOf(type) is { } entries)
        {
            if (IsOneValue(setting, $"it has entries by name: write {setting.Path}:<name>:<setting>", problems))
            {
                return;
            }

            foreach (var entry in setting.GetChildren())
            {
                CheckValue(entry, entries, problems);
            }
        }
        else if (type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable)))
        {
            // An empty text is how an empty list arrives.
            if (setting.Value is not "" && IsOneValue(setting, $"it is a list: write {setting.Path}:0 for its first value", problems))
            {
                return;
            }

            foreach (var element in setting.GetChildren())
            {
                var of = type.GetElementType() ?? type.GetGenericArguments()[0];
                if (element.Value is null && of.IsValueType && !element.GetChildren().Any())
                {
                    problems.Add($"{element.Path} is null; remove it.");
                }

                CheckValue(element, of, problems);
            }
        }
        else if (type.IsClass && !TypeDescriptor.GetConverter(type).CanConvertFrom(typeof(string)))
        {
            CheckObject(setting, type, problems);
        }
        else
        {
            CheckScalar(setting, type, problems);
        }
    }

    // What a dictionary's entries are; null for any other type.
    private static Type? EntriesOf(Type type) => type.GetInterfaces().Append(type)
        .FirstOrDefault(one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))?.GetGenericArguments()[1];

    private static void CheckScalar(IConfigurationSection setting, Type type, List<string> problems)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (setting.GetChildren().FirstOrDefault() is { } child)
        {
            problems.Add($"{child.Path} is no setting; {setting.Path} takes one value.");
            return;
        }

        var mayBeEmpty = plain != type || !type.IsValueType;
        if (setting.Value is null || (setting.Value.Length == 0 && mayBeEmpty))
        {
            return;
        }

        try
        {
            TypeDescriptor.GetConverter(plain).ConvertFromInvariantString(setting.Value);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or NotSupportedException or OverflowException)
        {
            var wanted = plain.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(plain))}" : Wanted(plain);
            problems.Add($"{setting.Path} is '{setting.Value}'; it must be {wanted}{(setting.Value.Length == 0 ? "; remove it to keep the default" : "")}.");
        }
    }

    private static string Wanted(Type plain) =>
        plain == typeof(string) ? "a text"
        : plain == typeof(bool) ? "true or false"
        : plain == typeof(TimeSpan) ? "a time such as 00:00:10"
        : plain == typeof(Version) ? "a version such as 2.0"
        : plain == typeof(Uri) ? "an address"
        : "a whole number in range";

    private static bool IsOneValue(IConfigurationSection section, string remedy, List<string> problems)
    {
        // A test host, whose settings pass through a command line, gives a section an empty text beside its settings.
        if (section.Value is null || (section.Value.Length == 0 && section.GetChildren().Any()))
        {
            return false;
        }

        problems.Add($"{section.Path} is '{section.Value}'; {remedy}.");
        return true;
    }
}
