using Gateway.Core.Aggregation;
using Gateway.Core.Scoring;

namespace Gateway.Core.Judging;

/// <summary>From the samples of one item to what each of its responses gets.</summary>
/// <param name="rule">How several numbers become one.</param>
/// <param name="comparesTwo">True for pairwise styles, whose samples are votes for the one or the other.</param>
/// <param name="filter">Which numbers are left out before; never votes.</param>
public sealed class SampleVotes(VoteRule rule, bool comparesTwo, VoteFilter filter = VoteFilter.None)
{
    /// <summary>A value for each response, or no verdict; never a number that no sample supports.</summary>
    /// <param name="samples">What was read, one at least.</param>
    /// <param name="missing">How many more were asked for and gave nothing.</param>
    public IReadOnlyList<(double? Value, string? Why, Judgement Judgement)> Of(IReadOnlyList<SampleVerdict> samples, int missing)
    {
        var responses = samples[0].Values.Count;
        var results = new (double?, string?, Judgement)[responses];
        for (var response = 0; response < responses; response++)
        {
            var kept = comparesTwo || filter == VoteFilter.None ? samples : Kept(samples, response);
            var (value, agreement, spread) = Reduce(samples, kept, response);
            var closest = kept.MinBy(sample => Math.Abs((sample.Values[response] ?? double.MaxValue) - (value ?? double.MaxValue)))!;
            var judgement = Judgement.Of(closest.Critique) with
            {
                Samples = samples.Count,
                Missing = missing,
                Agreement = agreement,
                Spread = spread,
                Note = Note(closest.Note, samples.Count - kept.Count, samples.Count),
                Components = Merged(kept, response),
            };
            results[response] = (value, value is null ? Why(samples, response) : null, judgement);
        }

        return results;
    }

    // The filter decides what the value is made of, and hides nothing: agreement and spread are those of all samples.
    private (double? Value, double? Agreement, double? Spread) Reduce(IReadOnlyList<SampleVerdict> samples, IReadOnlyList<SampleVerdict> kept, int response)
    {
        if (samples.Count == 1)
        {
            return (samples[0].Values[response], samples[0].Agreement, samples[0].Spread);
        }

        if (comparesTwo)
        {
            var votes = PreferenceVotes.Of([.. samples.Select(sample => PreferenceOf(sample.Values[response]))]);
            return (ShareOf(votes.Preference), votes.Agreement, null);
        }

        var numbers = Votes.Of(rule, NumbersOf(samples, response));
        return (Votes.Of(rule, NumbersOf(kept, response)).Value, numbers.Agreement, SpreadOf(samples, numbers.Spread));
    }

    // Of expected scores, the variance is the mean of theirs and the variance between them.
    private static double SpreadOf(IReadOnlyList<SampleVerdict> samples, double between) => samples.All(sample => sample.Spread is not null)
        ? Math.Sqrt((between * between) + samples.Average(sample => sample.Spread!.Value * sample.Spread.Value))
        : between;

    private static IReadOnlyList<SampleVerdict> Kept(IReadOnlyList<SampleVerdict> samples, int response) =>
        [.. samples.Zip(Outliers.Kept(NumbersOf(samples, response)), (sample, kept) => (Sample: sample, IsKept: kept)).Where(one => one.IsKept).Select(one => one.Sample)];

    private static IReadOnlyList<double> NumbersOf(IReadOnlyList<SampleVerdict> samples, int response) =>
        [.. samples.Select(sample => sample.Values[response] ?? throw new InvalidOperationException("Only comparisons are left undecided. This is a bug."))];

    private static string? Note(string? own, int leftOut, int of) => leftOut == 0 ? own
        : $"{leftOut} of {of} samples left out as outliers{(own is null ? "" : "; " + own)}";

    private static Preference PreferenceOf(double? share) => share switch
    {
        null => Preference.Undecided,
        > 0.5 => Preference.First,
        < 0.5 => Preference.Second,
        _ => Preference.Tie,
    };

    private static double? ShareOf(Preference preference) => preference switch
    {
        Preference.First => 1,
        Preference.Second => 0,
        Preference.Tie => 0.5,
        _ => null,
    };

    private static string Why(IReadOnlyList<SampleVerdict> samples, int response) => samples.Count == 1
        ? samples[0].Note ?? "the judge contradicts itself"
        : $"{samples.Count} samples agree on nothing, or most of them ({samples.Count(sample => sample.Values[response] is null)}) contradict themselves";

    // Of several samples each part is the mean; the words are the first sample's.
    private static IReadOnlyList<ScoreComponent> Merged(IReadOnlyList<SampleVerdict> samples, int response)
    {
        if (samples.Any(sample => sample.Components.Count == 0))
        {
            return [];
        }

        return [.. samples[0].Components[response].Select((component, i) => component with
        {
            Value = samples.Average(sample => sample.Components[response][i].Value),
        })];
    }
}
