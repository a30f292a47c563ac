namespace Gateway.Core.Manifest;

/// <summary>The known word that somebody most likely meant.</summary>
public static class Nearest
{
    /// <summary>" Did you mean 'x'?" where a known word is near, else the known words.</summary>
    public static string Hint(string word, IEnumerable<string> known)
    {
        var all = known.ToList();
        var best = all.Select(candidate => (candidate, distance: Distance(word, candidate))).OrderBy(entry => entry.distance).FirstOrDefault();
        return best.candidate is not null && best.distance <= Math.Max(2, word.Length / 2)
            ? $"did you mean '{best.candidate}'?"
            : $"known are {string.Join(", ", all.Select(name => $"'{name}'"))}.";
    }

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
