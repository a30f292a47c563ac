using Microsoft.ML.OnnxRuntime;

namespace Gateway.LoadTests.Figures;

/// <summary>
/// The floor: the graph called directly on tensors that were made beforehand, into tensors that were made beforehand. Inside the measured
/// time are only the runs and reading the logits; outside are text, tokenising, padding, sorting and everything a server does.
/// </summary>
internal sealed class BareModel : IDisposable
{
    private static readonly string[] InputNames = ["input_ids", "attention_mask"];
    private static readonly string[] OutputNames = ["logits"];

    private readonly InferenceSession[] _sessions;
    private readonly Batch[] _batches;
    private readonly float[] _scores;

    /// <summary>Loads the graph and lays out the work.</summary>
    /// <param name="graph">The ONNX file.</param>
    /// <param name="items">The encoded workload.</param>
    /// <param name="plan">How to call.</param>
    public BareModel(string graph, IReadOnlyList<EncodedItem> items, BarePlan plan)
    {
        Plan = plan;
        _scores = new float[items.Count];
        var order = Enumerable.Range(0, items.Count);
        _batches = [.. (plan.OneRow ? order : order.OrderBy(i => items[i].Ids.Length)).Chunk(plan.Rows).Select(rows => new Batch(items, rows))];
        _sessions = [.. Enumerable.Range(0, plan.Sessions).Select(_ => new InferenceSession(graph, OptionsOf(plan)))];
    }

    /// <summary>How it calls.</summary>
    public BarePlan Plan { get; }

    /// <summary>The scores of the last pass, in the workload's order.</summary>
    public IReadOnlyList<float> Scores => _scores;

    /// <summary>Scores the whole workload some times over; returns when all is done.</summary>
    public void Run(int passes, CancellationToken cancellation)
    {
        var next = -1;
        var failures = new List<Exception>();
        Thread[] threads = [.. Enumerable.Range(0, Plan.Callers).Select(caller => new Thread(() => Work(_sessions[caller % _sessions.Length])))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        cancellation.ThrowIfCancellationRequested();
        if (failures.Count > 0)
            throw new InvalidOperationException("The graph failed when called directly.", failures[0]);

        void Work(InferenceSession session)
        {
            try
            {
                using var options = new RunOptions();
                while (Interlocked.Increment(ref next) is var i && i < passes * _batches.Length && !cancellation.IsCancellationRequested)
                {
                    Score(session, options, _batches[i % _batches.Length]);
                }
            }
            catch (Exception exception)
            {
                lock (failures)
                {
                    failures.Add(exception);
                }
            }
        }
    }

    /// <summary>The longest item's own time: the median of some runs of it alone, by one thread.</summary>
    public TimeSpan LongestItem(int runs, TimeProvider time)
    {
        var longest = _batches.MaxBy(batch => batch.Width)!;
        using var options = new RunOptions();
        var times = new List<TimeSpan>();
        for (var i = 0; i < runs; i++)
        {
            var started = time.GetTimestamp();
            Score(_sessions[0], options, longest);
            times.Add(time.GetElapsedTime(started));
        }

        return times.Order().ElementAt(runs / 2);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(_sessions, session => session.Dispose());
        Array.ForEach(_batches, batch => batch.Dispose());
    }

    private static SessionOptions OptionsOf(BarePlan plan) => new()
    {
        GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
        IntraOpNumThreads = plan.Threads,
        InterOpNumThreads = 1,
    };

    private void Score(InferenceSession session, RunOptions options, Batch batch)
    {
        session.Run(options, InputNames, batch.Inputs, OutputNames, batch.Outputs);
        for (var row = 0; row < batch.Items.Length; row++)
        {
            _scores[batch.Items[row]] = batch.Logits[row];
        }
    }

    /// <summary>One run's tensors: rows × width ids and mask in, rows × 1 logits out.</summary>
    private sealed class Batch : IDisposable
    {
        private const long Padding = 3;

        public Batch(IReadOnlyList<EncodedItem> items, int[] rows)
        {
            Items = rows;
            Width = rows.Max(row => items[row].Ids.Length);
            Logits = new float[rows.Length];
            var ids = new long[rows.Length * Width];
            var mask = new long[rows.Length * Width];
            Array.Fill(ids, Padding);
            for (var i = 0; i < rows.Length; i++)
            {
                items[rows[i]].Ids.CopyTo(ids, i * Width);
                items[rows[i]].Mask.CopyTo(mask, i * Width);
            }

            long[] shape = [rows.Length, Width];
            Inputs = [OrtValue.CreateTensorValueFromMemory(ids, shape), OrtValue.CreateTensorValueFromMemory(mask, shape)];
            Outputs = [OrtValue.CreateTensorValueFromMemory(Logits, [rows.Length, 1])];
        }

        public int[] Items { get; }

        public int Width { get; }

        public float[] Logits { get; }

        public OrtValue[] Inputs { get; }

        public OrtValue[] Outputs { get; }

        public void Dispose()
        {
            Array.ForEach(Inputs, value => value.Dispose());
            Array.ForEach(Outputs, value => value.Dispose());
        }
    }
}
