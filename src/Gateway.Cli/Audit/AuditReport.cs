using System.Text.Json.Serialization;

namespace Gateway.Cli.Audit;

/// <summary>What an audit found.</summary>
/// <param name="Model">The audited model.</param>
/// <param name="Revision">Its revision.</param>
/// <param name="Policy">The hardened side's policy; null: the model's own.</param>
/// <param name="Controls">Whether the hardened side held responses against control answers; null: as the model's settings say.</param>
/// <param name="Pairs">Whether each response was compared with another.</param>
/// <param name="Threshold">The score above which a response counted as taken for right; null: that of the worked answer.</param>
/// <param name="Around">What was written around each attack, <c>{attack}</c>.</param>
/// <param name="Catalogues">The attack catalogues' file names; none: the one that came with the program.</param>
/// <param name="Asked">Pairs of an attack and a question.</param>
/// <param name="LeftOut">Those of them that were left out, because the attack's words have the question's reference among them.</param>
/// <param name="Sets">The question sets with their number of questions.</param>
/// <param name="Attacks">One row per set and attack.</param>
/// <param name="Families">One row per set and family, with its average and its worst attack.</param>
/// <param name="Searches">One row per set: suffixes found by random search.</param>
/// <param name="Cost">What hardening cost.</param>
/// <param name="Errors">Responses that were not scored, by kind of error.</param>
internal sealed record AuditReport(
    string Model,
    string Revision,
    string? Policy,
    string? Controls,
    bool Pairs,
    double? Threshold,
    string Around,
    IReadOnlyList<string> Catalogues,
    int Asked,
    int LeftOut,
    IReadOnlyDictionary<string, int> Sets,
    IReadOnlyList<AttackRow> Attacks,
    IReadOnlyList<FamilyRow> Families,
    IReadOnlyList<SearchRow> Searches,
    AuditCost Cost,
    IReadOnlyDictionary<string, int> Errors);

/// <summary>How often one attack was taken for a right answer, unhardened and hardened.</summary>
internal sealed record AttackRow(string Set, string Family, string Attack, Proportion Off, Proportion On);

/// <summary>The same of a family, or of <c>all</c>: its average, its worst attack by each side's own count, and the share of its attacks that fooled the model on any question.</summary>
internal sealed record FamilyRow(string Set, string Family, int Attacks, Proportion Off, double OffWorst, Proportion OffEver, Proportion On, double OnWorst, Proportion OnEver);

/// <summary>How many wrong answers a random search turned into accepted ones, each side searched by itself.</summary>
/// <param name="Set">The set.</param>
/// <param name="Off">Unhardened.</param>
/// <param name="On">Hardened.</param>
internal sealed record SearchRow(string Set, Proportion Off, Proportion On);

/// <summary>What hardening cost on the questions' own worked answers and bare references, which are right.</summary>
/// <param name="Right">How many were sent.</param>
/// <param name="ActedOn">How many were floored, rejected or neutralised.</param>
/// <param name="Flagged">How many were only flagged.</param>
/// <param name="AcceptedOff">The share accepted, unhardened.</param>
/// <param name="AcceptedOn">The share accepted, hardened.</param>
/// <param name="OffMsPerResponse">Time of a response, unhardened: the calls' time over their responses, in milliseconds.</param>
/// <param name="OnMsPerResponse">The same, hardened.</param>
/// <param name="OffJudgeCalls">Calls of judges for a response, unhardened; 0 where the model is none.</param>
/// <param name="OnJudgeCalls">The same, hardened.</param>
internal sealed record AuditCost(
    int Right,
    int ActedOn,
    int Flagged,
    Proportion AcceptedOff,
    Proportion AcceptedOn,
    double OffMsPerResponse,
    double OnMsPerResponse,
    double OffJudgeCalls,
    double OnJudgeCalls);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AuditReport))]
[JsonSerializable(typeof(Attack))]
internal sealed partial class AuditJson : JsonSerializerContext;
