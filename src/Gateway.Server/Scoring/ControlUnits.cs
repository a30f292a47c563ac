using Gateway.Core.Hardening;
using Gateway.Core.Judging;
using Gateway.Core.Scoring;

namespace Gateway.Server.Scoring;

/// <summary>
/// The control answers of a request as units of their own. A model that gives each response a score gets every control alone, once per prompt; one
/// that compares gets it as a rival of each response.
/// </summary>
internal sealed class ControlUnits
{
    private readonly List<ScoreItem> _units = [];
    private readonly ControlTrial[][][] _trials;

    /// <summary>The controls for these items.</summary>
    public ControlUnits(ModelEntry entry, ControlSet set, IReadOnlyList<ScoreItem> items)
    {
        var answers = set.Answers.Select(answer => new Utf8Text(answer)).ToArray();
        _trials = [.. items.Select(item => entry.Model.Granularity == Granularity.Pairwise && item.Body is ItemBody.Conversation conversation
            ? Against(item, conversation, answers)
            : [Alone(item, answers, entry.Model.Template)])];
    }

    /// <summary>The units, in the order that trials number them.</summary>
    public IReadOnlyList<ScoreItem> Units => _units;

    /// <summary>What a response is held against; empty where there is no control for its item.</summary>
    public IReadOnlyList<ControlTrial> Of(int item, int response) => _trials[item] is [var alone] ? alone : _trials[item][response];

    private ControlTrial[] Alone(ScoreItem item, Utf8Text[] answers, ChatTemplate? template)
    {
        var trials = new List<ControlTrial>();
        foreach (var answer in answers)
        {
            if (!IsRight(answer, item) && BodyOf(item.Body, answer, template) is { } body)
            {
                trials.Add(new ControlTrial(answer.ToString(), _units.Count, OfControl: 0, OfResponse: null));
                _units.Add(item with { Body = body });
            }
        }

        return [.. trials];
    }

    private ControlTrial[][] Against(ScoreItem item, ItemBody.Conversation conversation, Utf8Text[] answers)
    {
        ControlTrial[] Trials(Utf8Text response) => [.. answers.Where(answer => !IsRight(answer, item)).Select(answer =>
        {
            // Ordered by their bytes, like all pairs.
            var swapped = response.Span.SequenceCompareTo(answer.Span) > 0;
            _units.Add(item with { Body = conversation with { Responses = swapped ? [answer, response] : [response, answer] } });
            return new ControlTrial(answer.ToString(), _units.Count - 1, OfControl: swapped ? 0 : 1, OfResponse: swapped ? 1 : 0);
        })];
        return [.. conversation.Responses.Select(Trials)];
    }

    // A sign can be the right answer to a question about signs.
    private static bool IsRight(Utf8Text answer, ScoreItem item) =>
        item.Guidance?.Reference is { } reference && FinalAnswer.AreSame(reference.ToString(), answer.ToString());

    private static ItemBody? BodyOf(ItemBody body, Utf8Text answer, ChatTemplate? template)
    {
        switch (body)
        {
            case ItemBody.Conversation conversation:
                return conversation with { Responses = [answer] };
            case ItemBody.Templated templated when template?.FindResponse(templated) is (_, >= 0 and var start, _):
                // Without the sender's closing tokens, so that it is the same text for every response; the template's own are written on the way.
                return new ItemBody.Templated(Utf8Text.Copy([.. templated.Text.Span[..start], .. answer.Span]), templated.Prompt);
            default:
                return null;
        }
    }
}

/// <summary>One control that a response is held against.</summary>
/// <param name="Answer">The control.</param>
/// <param name="Unit">The unit that says what it is worth.</param>
/// <param name="OfControl">Which of the unit's results is the control's.</param>
/// <param name="OfResponse">Which is the response's, in the same comparison; null where its own score counts.</param>
internal readonly record struct ControlTrial(string Answer, int Unit, int OfControl, int? OfResponse);
