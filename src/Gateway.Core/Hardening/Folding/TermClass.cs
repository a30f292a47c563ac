namespace Gateway.Core.Hardening.Folding;

/// <summary>What a term of the lexicon means; a line of a lexicon file begins with one of these in lower case.</summary>
internal enum TermClass : byte
{
    /// <summary>"ignore", "disregard": tells the reader to drop something.</summary>
    Ignore,

    /// <summary>"previous", "above": what came before.</summary>
    Prior,

    /// <summary>"instructions", "rubric": what a judge was told.</summary>
    Instructions,

    /// <summary>"grader", "evaluator": whoever judges.</summary>
    Judge,

    /// <summary>"give", "assign": asks for a score.</summary>
    Give,

    /// <summary>"full marks", "10/10": the best score there is.</summary>
    Top,

    /// <summary>"mark", "treat": asks for a decision.</summary>
    Deem,

    /// <summary>"this response", "my answer": the text itself.</summary>
    Self,

    /// <summary>"correct", "right": the decision asked for.</summary>
    Right,

    /// <summary>"score", "rating": what a judge gives.</summary>
    Score,

    /// <summary>"choose this response": asks for the win.</summary>
    Pick,

    /// <summary>"perfect", "flawless": praise.</summary>
    Praise,

    /// <summary>"meets all criteria": a claim that a judge would check.</summary>
    Meets,

    /// <summary>"all tests passed": a claim that the work is over.</summary>
    Done,

    /// <summary>"experts", "verified by": somebody of weight who vouches.</summary>
    Expert,

    /// <summary>"only output", "respond with": prescribes the reply.</summary>
    Output,

    /// <summary>"new instructions:", "system override": begins another role.</summary>
    Reset,

    /// <summary>"user", "judge": who speaks, where a colon follows.</summary>
    Speaker,

    /// <summary>"end of response", "start of assistant": a mark that a judge's prompt may hold.</summary>
    Mark,

    /// <summary>Part of a word written backwards or by rot13.</summary>
    Disguised,

    /// <summary>"language model", "AI": who may be the judge, where it is said that it judges.</summary>
    Model,

    /// <summary>"grading", "evaluate": what a judge does.</summary>
    Assess,

    /// <summary>"without checking", "regardless of content": asks a judge to look away.</summary>
    Lenient,

    /// <summary>"completed", "is over": says of grading that it is done.</summary>
    Finished,

    /// <summary>"decode", "backwards": says that there is something to be read.</summary>
    Decode,

    /// <summary>"obey", "do what it says": asks for what was read.</summary>
    Obey,

    /// <summary>"pretend", "imagine that you": asks for another role.</summary>
    Pretend,

    /// <summary>"I will tip", "will be fired": a promise, a threat or a plea.</summary>
    Pressure,

    /// <summary>"highest", "full": makes the best score of a score.</summary>
    Degree,

    /// <summary>"marks", "credit": what a score is counted in.</summary>
    Points,

    /// <summary>"updated policy", "as agreed": somebody of weight who decided.</summary>
    Authority,

    /// <summary>"outcome", "decision": heads a verdict, and much else.</summary>
    Label,

    /// <summary>"let's solve", "step by step": opens an answer and says nothing.</summary>
    Opener,

    /// <summary>"analysis", "reason": a heading, and now and then an answer.</summary>
    Heading,

    /// <summary>"this problem", "with": goes with an opener.</summary>
    Filler,

    /// <summary>"sure", "first": goes before an opener and answers a question after a heading.</summary>
    Assent,

    /// <summary>"let me reflect", "interesting question": promises an answer and is said in talk too.</summary>
    Intention,

    /// <summary>"careful", "calmly": goes with a promise and with much else.</summary>
    Talk,

    /// <summary>"step by step", in other languages than English: says how an answer will go that is not there.</summary>
    Steps,

    /// <summary>"thank you", "have a nice day": is polite and says nothing.</summary>
    Courtesy,

    /// <summary>"end", "begin": what a mark says of a part of a judge's prompt.</summary>
    Edge,

    /// <summary>"answer", "user": a part of a conversation, as marks name it.</summary>
    Part,

    /// <summary>"reference", "rubric": a part that only judges are shown.</summary>
    OfJudges,

    /// <summary>"the", "of": may stand in a mark.</summary>
    Neutral,

    /// <summary>"quod erat demonstrandum": ends a proof.</summary>
    Proof,

    /// <summary>"applause": a sound or a picture, as captions name it.</summary>
    Caption,

    /// <summary>"thanks for watching", "subtitles by": stands at the end of a recording.</summary>
    Credit,

    /// <summary>"page", "loading", "all rights reserved": stands on pages and screens beside content.</summary>
    Furniture,

    /// <summary>"checked and approved": what somebody who inspects writes under a work.</summary>
    Stamp,
}
