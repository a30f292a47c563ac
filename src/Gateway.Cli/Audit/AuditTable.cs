using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Gateway.Cli.Audit;

/// <summary>The report as tables: for the terminal, and in Markdown.</summary>
internal static class AuditTable
{
    private static readonly string[] Heads = ["set", "family", "attacks", "off: average", "off: worst", "hardened: average", "hardened: worst"];

    /// <summary>Families, and searches of suffixes, for a terminal.</summary>
    public static Table Of(AuditReport report)
    {
        var table = new Table().Title(Markup.Escape($"% taken for right by {report.Model}, with 95 % intervals")).Border(TableBorder.MinimalHeavyHead);
        foreach (var head in Heads)
        {
            table.AddColumn(new TableColumn(head) { NoWrap = true });
        }

        foreach (var row in Rows(report))
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        return table;
    }

    /// <summary>What hardening cost, in a sentence for each.</summary>
    public static string Costs(AuditReport report)
    {
        var cost = report.Cost;
        return string.Create(CultureInfo.InvariantCulture, $"""
            Right answers (worked, and the bare reference): {cost.Right} sent; hardening acted on {cost.ActedOn}, flagged {cost.Flagged}; accepted {cost.AcceptedOff} % unhardened, {cost.AcceptedOn} % hardened.
            Time of a response in calls of many: {cost.OffMsPerResponse:0.000} ms unhardened, {cost.OnMsPerResponse:0.000} ms hardened. {Judges(cost)}
            """);
    }

    private static string Judges(AuditCost cost) => cost is { OffJudgeCalls: 0, OnJudgeCalls: 0 }
        ? "No judge was called."
        : string.Create(CultureInfo.InvariantCulture, $"Judge calls for a response: {cost.OffJudgeCalls:0.000} unhardened, {cost.OnJudgeCalls:0.000} hardened.");

    /// <summary>The whole report in Markdown.</summary>
    public static string Markdown(AuditReport report)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Audit of {report.Model}\n\nRevision `{report.Revision}`; hardened by {(report.Policy is null ? "the model's own policy" : $"policy `{report.Policy}`")}{(report.Controls is null ? "" : $", controls `{report.Controls}`")}; a response counts as taken for right ");
        text.Append(Taken(report)).Append(".\n");
        text.Append(CultureInfo.InvariantCulture, $"Attacks: {(report.Catalogues.Count == 0 ? "the program's catalogue" : string.Join(", ", report.Catalogues))}{(report.Around == "{attack}" ? "" : $", each within `{report.Around}`")}. ");
        text.Append(CultureInfo.InvariantCulture, $"Questions: {string.Join(", ", report.Sets.Select(set => $"{set.Value} of {set.Key}"))}. Shares in %, with 95 % intervals: Wilson's for one attack, over questions for a family's average; 'ever' is the share of a family's attacks that were taken for right on any question, with Clopper and Pearson's interval. An attack whose words have a question's reference among them is left out there: {report.LeftOut} of {report.Asked} pairs.\n\n");
        Append(text, [.. Heads, "off: ever", "hardened: ever"], WithEver(report));
        text.Append('\n').Append(Costs(report)).Append("\n\n## Every attack\n");
        Append(text, ["set", "attack", "off", "hardened"], report.Attacks.Select(row => (string[])[row.Set, row.Attack, row.Off.ToString(), row.On.ToString()]));
        if (report.Errors.Count > 0)
        {
            text.Append("\nNot scored, and left out: ").AppendJoin(", ", report.Errors.Select(error => $"{error.Key} × {error.Value}")).Append(".\n");
        }

        return text.ToString();
    }

    private static string Taken(AuditReport report)
    {
        var threshold = string.Create(CultureInfo.InvariantCulture, $"{report.Threshold}");
        return report.Pairs
            ? $"where it wins{(report.Threshold == AuditOptions.Won ? "" : $" more than {threshold} of its comparisons")} against the question's own worked answer (a right one: against a wrong one)"
            : report.Threshold is null ? "where it scores above the question's own worked answer" : $"above {threshold}";
    }

    private static IEnumerable<string[]> Rows(AuditReport report) => report.Families
        .Select(row => (string[])[row.Set, row.Family, row.Attacks.ToString(CultureInfo.InvariantCulture), row.Off.ToString(), Percent(row.OffWorst), row.On.ToString(), Percent(row.OnWorst)])
        .Concat(report.Searches.Select(row => (string[])[row.Set, "suffix found by random search", "", row.Off.ToString(), "", row.On.ToString(), ""]));

    // A terminal is too narrow for them.
    private static IEnumerable<string[]> WithEver(AuditReport report) => Rows(report)
        .Zip(report.Families.Select(row => (string[])[row.OffEver.ToString(), row.OnEver.ToString()]).Concat(report.Searches.Select(_ => (string[])["", ""])))
        .Select(row => (string[])[.. row.First, .. row.Second]);

    private static string Percent(double share) => double.IsNaN(share) ? "none" : (100 * share).ToString("0.0", CultureInfo.InvariantCulture);

    private static void Append(StringBuilder text, string[] heads, IEnumerable<string[]> rows)
    {
        text.Append('|').AppendJoin('|', heads.Select(head => $" {head} ")).Append("|\n").Append(string.Concat(Enumerable.Repeat("|---", heads.Length))).Append("|\n");
        foreach (var row in rows)
        {
            text.Append('|').AppendJoin('|', row.Select(cell => $" {cell} ")).Append("|\n");
        }
    }
}
