namespace Gateway.LoadTests;

/// <summary>Finds the checkout that this program was built in or is run from.</summary>
internal static class RepositoryRoot
{
    private const string Mark = "Directory.Packages.props";

    /// <summary>The nearest folder above the working folder, else above the program, that holds the central package versions.</summary>
    public static string Find() =>
        Above(Environment.CurrentDirectory) ?? Above(AppContext.BaseDirectory)
        ?? throw new UsageException($"No folder above this one holds {Mark}; run this inside the checkout.");

    private static string? Above(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, Mark)))
                return at.FullName;
        }

        return null;
    }
}
