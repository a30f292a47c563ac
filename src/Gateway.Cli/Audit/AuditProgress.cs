using Spectre.Console;

namespace Gateway.Cli.Audit;

/// <summary>Runs work on many questions at a time and shows how far it is.</summary>
/// <param name="context">The bars; null shows none.</param>
internal sealed class AuditProgress(ProgressContext? context)
{
    /// <summary>One result per question, in order.</summary>
    public async Task<T[]> EachAsync<T>(
        string name, IReadOnlyList<AuditQuestion> questions, int concurrency, Func<AuditQuestion, int, CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        var bar = context?.AddTask(Markup.Escape(name), maxValue: questions.Count);
        var results = new T[questions.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, questions.Count),
            new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellation },
            async (i, token) =>
            {
                results[i] = await work(questions[i], i, token);
                bar?.Increment(1);
            });
        return results;
    }
}
