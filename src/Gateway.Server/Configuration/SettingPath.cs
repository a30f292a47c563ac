namespace Gateway.Server.Configuration;

/// <summary>Turns the framework's names of options into the settings' paths, which are what an operator knows.</summary>
internal static class SettingPath
{
    /// <summary>
    /// A failure of the options at a path, such as <c>Retries: The field Gateway:Clusters:c.Retries must be …</c>, by its setting; another stays as it is.
    /// </summary>
    public static string Of(string failure, string path)
    {
        var field = $": The field {path}.";
        var at = failure.IndexOf(field, StringComparison.Ordinal);
        return at >= 0 && failure[(at + field.Length)..].Split(' ', 2) is [var setting, var rest] ? $"{path}:{setting.Replace('.', ':')} {rest}" : failure;
    }
}
