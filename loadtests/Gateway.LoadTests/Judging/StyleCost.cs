using System.Diagnostics;
using System.Text.Json;
using Gateway.Core.Hardening;
using Gateway.Core.Judging;
using Gateway.Core.Manifest;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;
using Gateway.LoadTests.Workload;

namespace Gateway.LoadTests.Judging;

/// <summary>What the gateway itself does for one judged item of a style, on one core without sockets: the prompt is built, the reply read, the samples reduced.</summary>
internal sealed class StyleCost
{
    private const string Revision = "measured-1";

    private readonly TimeProvider _time;
    private readonly IJudgeStyle _style;
    private readonly CaseSettings _settings;
    private readonly SampleVotes _votes;
    private readonly HardenedItem[] _items;
    private readonly (JudgeCase Case, IReadOnlyList<JudgeCall> Calls, JudgeReply[] Replies)[] _judged;
    private readonly SampleVerdict[] _verdicts;

    /// <summary>Of a style over a workload.</summary>
    public StyleCost(JudgedStyle judged, IReadOnlyList<WorkItem> workload, TimeProvider time)
    {
        _time = time;
        var problems = new List<string>();
        var keys = new ManifestObject(JsonElement.Parse($$"""{"kind": "{{judged.Name}}"}"""), "style.", problems, StyleKinds.KeysOf(judged.Name));
        _style = StyleKinds.Make(judged.Name, new StyleSource(keys, _ => null));
        _votes = new SampleVotes(_style.Votes, _style.Granularity == Granularity.Pairwise);
        _settings = new CaseSettings(UntrustedForm.Fence, new TokenBreaker([]));
        _items = [.. workload.Chunk(judged.Responses).Where(chunk => chunk.Length == judged.Responses).Select(chunk => Hardened(judged, chunk))];
        _judged = [.. _items.Select(item =>
        {
            var one = new JudgeCase(item, ScoreKey.Of(item, Revision), 0, _settings);
            var calls = _style.BuildCalls(one);
            return (one, calls, calls.Select(call => new JudgeReply(judged.Say(call.Ids)) { Tokens = judged.Tokens() }).ToArray());
        })];
        _verdicts = [.. _judged.Select(Read)];
        Calls = [.. _judged.SelectMany(one => one.Calls)];
        Floor = new ChatFloor(Calls, judged.Reply(Calls[0].Ids), time);
    }

    /// <summary>Every call of the workload.</summary>
    public IReadOnlyList<JudgeCall> Calls { get; }

    /// <summary>The floor of the same calls.</summary>
    public ChatFloor Floor { get; }

    /// <summary>Calls of one item.</summary>
    public double CallsPerItem => (double)Calls.Count / _items.Length;

    /// <summary>The mean length of a call's body in bytes.</summary>
    public double BytesPerCall => Enumerable.Range(0, Calls.Count).Average(call => (double)Floor.Write(call).Length);

    /// <summary>Measures every part for a while.</summary>
    public StyleMeasurement Measure(TimeSpan each) => new(
        Measure(each, i => _style.BuildCalls(new JudgeCase(_items[i], ScoreKey.Of(_items[i], Revision), 0, _settings)).Count),
        Measure(each, i => Read(_judged[i]).Values.Count),
        Measure(each, i => _votes.Of([_verdicts[i]], 0).Count),
        Measure(each, i =>
        {
            var bytes = 0;
            for (var call = 0; call < _judged[i].Calls.Count; call++)
            {
                bytes += Floor.Write((i * _judged[i].Calls.Count) + call).Length + Floor.Read();
            }

            return bytes;
        }));

    private static HardenedItem Hardened(JudgedStyle judged, WorkItem[] chunk)
    {
        var faults = new List<FieldError>();
        var rubric = judged.Rubric is null ? null : RubricReader.ReadRubric(JsonElement.Parse(judged.Rubric), "rubric", faults);
        var guidance = judged.Reference is null && rubric is null
            ? null
            : new Guidance(judged.Reference is null ? null : new Utf8Text(judged.Reference), null, rubric, GeneratesCriteria: false);
        return new Hardener([]).Harden(
            new ScoreItem(new ItemBody.Conversation([new Message(Message.User, new Utf8Text(chunk[0].Prompt))], [.. chunk.Select(item => new Utf8Text(item.Response))]), guidance), null);
    }

    private SampleVerdict Read((JudgeCase Case, IReadOnlyList<JudgeCall> Calls, JudgeReply[] Replies) judged) => _style.Combine(
        judged.Case, judged.Calls, [.. judged.Calls.Select((call, i) => _style.ReadVerdict(judged.Case, call, judged.Replies[i]))]);

    private PartCost Measure(TimeSpan duration, Func<int, int> part)
    {
        using var self = Process.GetCurrentProcess();
        var (started, cpu, bytes, done) = (_time.GetTimestamp(), self.TotalProcessorTime, GC.GetAllocatedBytesForCurrentThread(), 0L);
        while (_time.GetElapsedTime(started) < duration)
        {
            for (var i = 0; i < _items.Length; i++)
            {
                part(i);
            }

            done += _items.Length;
        }

        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        self.Refresh();
        return new PartCost((self.TotalProcessorTime - cpu).TotalMicroseconds / done, (double)bytes / done);
    }
}

/// <summary>What one part costs an item.</summary>
/// <param name="Microseconds">Processor time, the collector's included.</param>
/// <param name="Bytes">Bytes allocated.</param>
internal readonly record struct PartCost(double Microseconds, double Bytes);

/// <summary>One style in one round, per item.</summary>
/// <param name="Build">From the hardened item to the messages of its calls.</param>
/// <param name="Read">From the replies to a verdict.</param>
/// <param name="Reduce">From the verdicts of all samples to scores.</param>
/// <param name="Floor">Writing and reading the JSON of the same calls.</param>
internal sealed record StyleMeasurement(PartCost Build, PartCost Read, PartCost Reduce, PartCost Floor)
{
    /// <summary>Processor time of all parts in microseconds.</summary>
    public double Microseconds => Build.Microseconds + Read.Microseconds + Reduce.Microseconds;

    /// <summary>Bytes that all parts allocate.</summary>
    public double Bytes => Build.Bytes + Read.Bytes + Reduce.Bytes;
}
