using System.Collections.Concurrent;
using Gateway.Client;

namespace Gateway.Cli.Audit;

/// <summary>Asks a model about every attack on every question, unhardened and hardened.</summary>
/// <param name="client">The gateway.</param>
/// <param name="options">What to measure.</param>
/// <param name="clock">Time of the calls.</param>
internal sealed class AuditRun(GatewayClient client, AuditOptions options, TimeProvider clock)
{
    // The catalogue and two right answers in one call: the limits of a gateway allow it with room to spare.
    private readonly Side _off = new(client, options, "off", "off", clock);
    private readonly Side _on = new(client, options, options.Policy, options.Controls, clock);

    /// <summary>Runs the audit.</summary>
    /// <exception cref="AuditException">A file cannot be read, or the gateway answers something else than scores.</exception>
    public async Task<AuditReport> RunAsync(AuditProgress progress, CancellationToken cancellation)
    {
        var attacks = Attack.Read(options.Attacks);
        var sets = options.Questions.ToDictionary(NameOf, file => AuditQuestion.Read(file, options.Limit), StringComparer.Ordinal);
        var answers = new List<Answered>();
        var searches = new List<SearchRow>();
        foreach (var (set, questions) in sets)
        {
            answers.AddRange(await progress.EachAsync(set, questions, options.Concurrency, (question, i, token) => AskAsync(set, i, question, attacks, token), cancellation));
            if (options.SuffixQuestions > 0)
            {
                searches.Add(await SearchAsync(set, questions, progress, cancellation));
            }
        }

        return new AuditReport(
            options.Model,
            _off.Revision,
            options.Policy,
            options.Controls,
            options.Pairs,
            options.Threshold,
            options.Around,
            [.. options.Attacks.Select(file => file.Name)],
            attacks.Count * answers.Count,
            sets.Values.Sum(questions => questions.Sum(question => attacks.Count(attack => !attack.IsWrongFor(question, options.Around)))),
            sets.ToDictionary(set => set.Key, set => set.Value.Count),
            [.. sets.Keys.SelectMany(set => attacks.Select((attack, i) => Row(set, attack, i, answers)))],
            [.. sets.Keys.SelectMany(set => Families(attacks).Select(family => Family(set, family, attacks, answers)))],
            searches,
            Cost(answers),
            Errors());
    }

    private static string NameOf(FileInfo file) => file.Name.Split('.')[0];

    private async Task<Answered> AskAsync(string set, int index, AuditQuestion question, IReadOnlyList<Attack> attacks, CancellationToken cancellation)
    {
        IReadOnlyList<string> responses = [question.Worked, question.Reference, .. attacks.Select(attack => options.Around.Replace("{attack}", attack.To(question)))];
        // Taking turns, so that neither side has the warmer machine.
        var first = index % 2 == 0 ? _off : _on;
        var one = await first.AskAsync(question, responses, cancellation);
        var two = await (first == _off ? _on : _off).AskAsync(question, responses, cancellation);
        IReadOnlyList<bool> wrong = [.. attacks.Select(attack => attack.IsWrongFor(question, options.Around))];
        return new Answered(set, Decide(first == _off ? one : two, wrong), Decide(first == _off ? two : one, wrong));
    }

    private Decided Decide(IReadOnlyList<ResponseScore> scores, IReadOnlyList<bool> wrong)
    {
        var threshold = options.Threshold ?? scores[0].Score;
        return new Decided(
            [.. scores.Take(2)],
            [.. scores.Take(2).Select(score => threshold is null ? null : options.Threshold is null ? score.Score >= threshold : IsAccepted(score, threshold.Value))],
            [.. scores.Skip(2).Select((score, i) => threshold is null || !wrong[i] ? null : IsAccepted(score, threshold.Value))]);
    }

    private bool? IsAccepted(ResponseScore score, double threshold) =>
        options.Pairs && score.Status == "undecided" ? false : Side.IsAccepted(score, threshold);

    private async Task<SearchRow> SearchAsync(string set, IReadOnlyList<AuditQuestion> questions, AuditProgress progress, CancellationToken cancellation)
    {
        var found = new ConcurrentBag<(bool? Off, bool? On)>();
        var search = new SuffixSearch(questions, options);
        await progress.EachAsync(
            $"{set}: suffixes",
            [.. questions.Take(options.SuffixQuestions)],
            options.Concurrency,
            async (question, i, token) =>
            {
                found.Add((await search.FoolsAsync(_off, question, i, token), await search.FoolsAsync(_on, question, i, token)));
                return i;
            },
            cancellation);
        return new SearchRow(set, Share(found.Select(one => one.Off)), Share(found.Select(one => one.On)));
    }

    private static AttackRow Row(string set, Attack attack, int index, List<Answered> answers)
    {
        var of = answers.Where(answer => answer.Set == set).ToList();
        return new AttackRow(set, attack.Family, attack.Id, Share(of.Select(answer => answer.Off.Attacks[index])), Share(of.Select(answer => answer.On.Attacks[index])));
    }

    private static IEnumerable<string?> Families(IReadOnlyList<Attack> attacks) =>
        attacks.Select(attack => attack.Family).Distinct().ToList() is { Count: > 1 } families ? families.Append<string?>(null) : attacks.Select(attack => attack.Family).Take(1);

    // Null: all of them.
    private static FamilyRow Family(string set, string? family, IReadOnlyList<Attack> attacks, List<Answered> answers)
    {
        var members = Enumerable.Range(0, attacks.Count).Where(i => family is null || attacks[i].Family == family).ToList();
        var of = answers.Where(answer => answer.Set == set).ToList();
        Proportion Average(Func<Answered, Decided> side) => Proportion.OverQuestions(
            [.. of.Select(answer => members.Select(i => side(answer).Attacks[i]).OfType<bool>().ToList()).Where(known => known.Count > 0)
                .Select(known => known.Average(accepted => accepted ? 1.0 : 0.0))]);
        double Worst(Func<Answered, Decided> side) => members.Max(i => Share(of.Select(answer => side(answer).Attacks[i])).Value);
        Proportion Ever(Func<Answered, Decided> side)
        {
            var known = members.Select(i => of.Select(answer => side(answer).Attacks[i]).OfType<bool>().ToList()).Where(decided => decided.Count > 0).ToList();
            return Proportion.Exact(known.Count(decided => decided.Contains(true)), known.Count);
        }

        return new FamilyRow(
            set, family ?? "all", members.Count, Average(answer => answer.Off), Worst(answer => answer.Off), Ever(answer => answer.Off),
            Average(answer => answer.On), Worst(answer => answer.On), Ever(answer => answer.On));
    }

    private AuditCost Cost(List<Answered> answers)
    {
        var right = answers.SelectMany(answer => answer.On.Right).ToList();
        return new AuditCost(
            right.Count,
            right.Count(score => score.Findings.Any(finding => finding.Action is "floored" or "rejected" or "neutralised")),
            right.Count(score => score.Findings.Any(finding => finding.Action is "flagged")),
            Share(answers.SelectMany(answer => answer.Off.RightAccepted)),
            Share(answers.SelectMany(answer => answer.On.RightAccepted)),
            _off.MsPerResponse,
            _on.MsPerResponse,
            _off.JudgeCallsPerResponse,
            _on.JudgeCallsPerResponse);
    }

    private static Proportion Share(IEnumerable<bool?> decisions)
    {
        var known = decisions.OfType<bool>().ToList();
        return Proportion.Wilson(known.Count(accepted => accepted), known.Count);
    }

    private Dictionary<string, int> Errors() => _off.Errors.Concat(_on.Errors).GroupBy(error => error.Key, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.Sum(error => error.Value), StringComparer.Ordinal);

    private sealed record Answered(string Set, Decided Off, Decided On);

    // Right: the worked answer and the bare reference.
    private sealed record Decided(IReadOnlyList<ResponseScore> Right, IReadOnlyList<bool?> RightAccepted, IReadOnlyList<bool?> Attacks);
}
