using System.Text.Json;
using ScottPlot;

namespace Gateway.Cli.Audit;

/// <summary>Writes a report to a folder: Markdown, JSON and a plot.</summary>
internal static class AuditFiles
{
    /// <summary>Writes <c>audit.md</c>, <c>audit.json</c> and <c>audit.svg</c>.</summary>
    public static async Task WriteAsync(AuditReport report, DirectoryInfo folder, CancellationToken cancellation)
    {
        folder.Create();
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "audit.md"), AuditTable.Markdown(report), cancellation);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "audit.json"), JsonSerializer.Serialize(report, AuditJson.Default.AuditReport) + "\n", cancellation);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "audit.svg"), Plot(report), cancellation);
    }

    /// <summary>Bars of the families' averages, unhardened beside hardened, with their intervals.</summary>
    private static string Plot(AuditReport report)
    {
        using var plot = new Plot();
        var rows = report.Families;
        Bar[] Bars(Func<FamilyRow, Proportion> side, double shift, Color color) =>
            [.. rows.Select((row, i) => new Bar { Position = (i * 3) + shift, Value = Known(100 * side(row).Value), Error = Known(50 * (side(row).High - side(row).Low)), FillColor = color })];
        plot.Add.Bars(Bars(row => row.Off, 0, Colors.IndianRed)).LegendText = "unhardened";
        plot.Add.Bars(Bars(row => row.On, 1, Colors.SeaGreen)).LegendText = "hardened";
        plot.Axes.Bottom.SetTicks([.. rows.Select((_, i) => (i * 3) + 0.5)], [.. rows.Select(row => $"{row.Set}: {row.Family}")]);
        plot.Axes.Bottom.TickLabelStyle.Rotation = 60;
        plot.Axes.Bottom.TickLabelStyle.Alignment = Alignment.MiddleLeft;
        plot.Axes.Bottom.MinimumSize = 180;
        plot.Axes.Margins(bottom: 0);
        plot.YLabel("% taken for right");
        plot.Title(report.Model);
        plot.ShowLegend();
        return plot.GetSvgXml(Math.Max(800, 60 * rows.Count), 600);
    }

    private static double Known(double value) => double.IsNaN(value) ? 0 : value;
}
