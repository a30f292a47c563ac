namespace Gateway.Server.Scoring;

/// <summary>Where a configured folder lies: an absolute path as it is, a relative one in the working directory, else beside or above the program.</summary>
internal static class FolderSearch
{
    /// <summary>The full path of the folder, or null where there is none.</summary>
    public static string? Find(string folder)
    {
        if (Directory.Exists(folder))
        {
            return Path.GetFullPath(folder);
        }

        if (Path.IsPathRooted(folder))
        {
            return null;
        }

        for (var above = new DirectoryInfo(AppContext.BaseDirectory); above is not null; above = above.Parent)
        {
            var candidate = Path.Combine(above.FullName, folder);
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
