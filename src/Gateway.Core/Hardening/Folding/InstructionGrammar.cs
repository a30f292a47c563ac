using static Gateway.Core.Hardening.Folding.TermClass;
using static Gateway.Core.Hardening.HardeningSeverity;

namespace Gateway.Core.Hardening.Folding;

/// <summary>What is said to judges: an addressee, an act and an object, in any order and language, close enough to be one sentence.</summary>
internal static class InstructionGrammar
{
    private const string Drops = "tells the reader to drop its instructions";
    private const string Wants = "asks for the best score";
    private const string Taken = "asks to be taken for correct";
    private const string Prescribes = "prescribes a judge's reply";
    private const string Decides = "tells a judge what to decide";
    private const string LooksAway = "asks a judge to look away";
    private const string SpeaksToJudge = "speaks of itself to whoever judges";
    private const string Presses = "presses a judge, or bribes it";

    private static readonly Combination[] All =
    [
        new Combination(Drops, Medium, Ignore, Instructions).RaisedBy(Prior, TermClass.Judge, Score, Top),
        new Combination("tells the reader to drop what came before", Medium, Ignore, Prior).Tight().Needing(TermClass.Judge, Score, Output, Self, Top, Deem),
        new Combination(Drops, Medium, TermClass.Judge, Ignore).Needing(Self, Right, Output, Top, Instructions),
        new Combination(Wants, Medium, Give, Top).RaisedBy(Self, TermClass.Judge, Ignore, Reset),
        new Combination(Wants, Medium, Deem, Top).RaisedBy(Self, TermClass.Judge, Ignore, Reset),
        new Combination("asks to be chosen", Medium, Pick).RaisedBy(TermClass.Judge, Top, Score, Give),
        new Combination(Taken, Medium, Deem, Right, Self).RaisedBy(TermClass.Judge, Ignore, Reset),
        new Combination(Taken, High, Deem, Self).Needing(TermClass.Judge, Ignore, Reset),
        new Combination(Taken, Low, Deem, Right).Tight(),
        new Combination("asks for a score", Medium, Give, Score, Self).Needing(TermClass.Judge, Ignore, Instructions),
        new Combination("tells a judge the score", Medium, Top, Self).Needing(TermClass.Judge),
        new Combination(Decides, Medium, TermClass.Judge, Right, Self),
        new Combination(Decides, Medium, TermClass.Judge, Deem, Right),
        new Combination(Decides, Medium, TermClass.Judge, Give).Needing(Top, Praise, Lenient, Output, Degree),
        new Combination(Decides, Low, TermClass.Judge, Right).Tight(),
        new Combination(Decides, Medium, Model, Self, Praise),
        new Combination(Wants, Medium, Give, Self, Degree),
        new Combination(Wants, Medium, Give, Self, Points),
        new Combination(Prescribes, Medium, Output, Score).RaisedBy(Ignore, TermClass.Judge, Reset),
        new Combination(Prescribes, Medium, Output, Top).RaisedBy(Ignore, TermClass.Judge, Reset),
        new Combination(Prescribes, Medium, Output, Right).Tight(),
        new Combination(Prescribes, Medium, Output).Needing(TermClass.Judge, Ignore, Reset),
        new Combination("speaks to whoever judges, or begins another role", Medium, Reset).RaisedBy(TermClass.Judge, Score, Top, Deem, Output, Ignore),
        new Combination(LooksAway, Medium, Lenient, Deem).Needing(Self, TermClass.Judge, Assess, Right, Top),
        new Combination(LooksAway, Medium, Lenient, Deem).Tight(),
        new Combination(LooksAway, Medium, Lenient, Top),
        new Combination(LooksAway, Medium, Lenient, Instructions).Needing(TermClass.Judge, Self, Assess, Score, Top, Right, Authority),
        new Combination(LooksAway, Medium, Lenient, Output),
        new Combination(LooksAway, Medium, Lenient, TermClass.Judge),
        new Combination(LooksAway, Medium, Lenient, Self).Needing(Give, Right, Assess),
        new Combination("asks a judge to pretend", Medium, Pretend).Needing(TermClass.Judge, Top).RaisedBy(Self),
        new Combination("asks a judge to pretend", Medium, Pretend, Instructions).Needing(Right, Self, Assess),
        new Combination(Presses, Medium, Pressure, Top),
        new Combination(Presses, Medium, Pressure, TermClass.Judge),
        new Combination(Presses, Medium, Pressure, Points).Needing(Give, Self),
        new Combination(Presses, Medium, Pressure, Self).Needing(Score, Right, Pick, Deem),
        new Combination("tells the reader to decode and obey", Medium, Decode, Obey),
        new Combination("claims that somebody decided the score", Medium, Authority, Top),
        new Combination("claims that somebody decided the score", Medium, Authority, Self, Deem),
        new Combination("claims that somebody decided the score", Medium, Authority, Lenient),
        new Combination("tells the reader to drop its grading", Medium, Ignore, Assess).Needing(Give, Output, Top, Right, Self, Praise, TermClass.Judge, Model),
        new Combination("tells the reader to drop what came before", Medium, Ignore, Prior, Right),
        new Combination("tells the reader to drop what came before", Low, Ignore, Prior).Tight(),
        new Combination(Wants, Medium, Ignore, Top),
        new Combination(Wants, Medium, Instructions, Top),
        new Combination(Wants, Medium, Assess, Top),
        new Combination(Wants, Medium, Model, Top),
        new Combination(Wants, Medium, TermClass.Judge, Top),
        new Combination(Wants, Medium, Give, Degree, Points).Needing(TermClass.Judge, Model, Assess, Self, Ignore, Lenient),
        new Combination(Taken, Medium, Self, Ignore).Needing(Right, Top, Praise, TermClass.Judge, Model, Instructions, Prior, Assess, Give, Output, Score, Degree, Deem),
        new Combination(Taken, Medium, Self, Deem).Needing(Right, Top, Praise, TermClass.Judge, Model, Ignore, Instructions, Lenient, Output, Give, Assess, Obey, Score, Degree, Pick, Reset),
        new Combination(Taken, Medium, Self, Pretend),
        new Combination(SpeaksToJudge, Medium, Self, TermClass.Judge),
        new Combination(SpeaksToJudge, Medium, Self, Model),
        new Combination(SpeaksToJudge, Medium, Self, Instructions),
        new Combination(SpeaksToJudge, Medium, Self, Top),
        new Combination(SpeaksToJudge, Medium, Self, Assess).Needing(Give, Degree, Top, Right, Score, Points, Praise, Ignore, Lenient, Output, TermClass.Judge, Model, Deem),
        new Combination(SpeaksToJudge, Low, Self, Assess),
        new Combination(Prescribes, Medium, Self, Output),
        new Combination(Prescribes, Medium, Output, Praise),
        new Combination(Prescribes, Medium, Assess, Output).Tight(),
        new Combination(LooksAway, Medium, Lenient, Assess),
        new Combination(LooksAway, Medium, Lenient, Score),
        new Combination(LooksAway, Medium, Lenient, Points),
        new Combination(LooksAway, Medium, Lenient, Model),
        new Combination(Presses, Medium, Pressure, Score),
        new Combination(Presses, Medium, Pressure, Points),
        new Combination(Presses, Medium, Pressure, Assess),
    ];

    private static readonly Combination[][] ByClass = [.. Enumerable.Range(0, 32).Select(meaning => All.Where(one => (one.Near >> meaning & 1) != 0).ToArray())];

    /// <summary>The combinations that a term of this class is part of.</summary>
    public static ReadOnlySpan<Combination> With(TermClass meaning) => ByClass[(int)meaning];

    /// <summary>False where the classes of a text make no combination whole, as in nearly all honest texts.</summary>
    public static bool MaySay(uint seen)
    {
        foreach (var combination in All)
        {
            if (combination.MayBeIn(seen))
            {
                return true;
            }
        }

        return false;
    }
}
