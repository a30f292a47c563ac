using Gateway.Core.Scoring;

namespace Gateway.Core.Tests;

public sealed class ErrorKindsTests
{
    // Design §5, in its order.
    private static readonly (ErrorKind Kind, string Name, int Status, bool Retryable)[] Expected =
    [
        (ErrorKind.InvalidRequest, "invalid_request", 400, false),
        (ErrorKind.UnsupportedField, "unsupported_field", 400, false),
        (ErrorKind.Unauthorized, "unauthorized", 401, false),
        (ErrorKind.Forbidden, "forbidden", 403, false),
        (ErrorKind.UnknownModel, "unknown_model", 404, false),
        (ErrorKind.UnknownPrinciple, "unknown_principle", 404, false),
        (ErrorKind.NotCached, "not_cached", 404, false),
        (ErrorKind.InputTooLong, "input_too_long", 413, false),
        (ErrorKind.Rejected, "rejected", 422, false),
        (ErrorKind.Overloaded, "overloaded", 429, true),
        (ErrorKind.ModelFailed, "model_failed", 500, false),
        (ErrorKind.InvalidScore, "invalid_score", 500, false),
        (ErrorKind.UpstreamFailed, "upstream_failed", 502, true),
        (ErrorKind.JudgeUnreadable, "judge_unreadable", 502, true),
        (ErrorKind.JudgeRefused, "judge_refused", 502, false),
        (ErrorKind.NotReady, "not_ready", 503, true),
        (ErrorKind.TimedOut, "timed_out", 504, true),
        (ErrorKind.UpstreamTimedOut, "upstream_timed_out", 504, true),
    ];

    [Fact]
    public void Traits_EveryKind_IsTheDesignsRow()
    {
        Assert.Equal(Enum.GetValues<ErrorKind>().Order(), Expected.Select(row => row.Kind).Order());
        Assert.All(Expected, row => Assert.Equal(row, (row.Kind, row.Kind.Traits().Name, row.Kind.Traits().Status, row.Kind.Traits().Retryable)));
    }

    [Fact]
    public void Traits_Names_AreUnique() =>
        Assert.Equal(Expected.Length, Expected.Select(row => row.Kind.Traits().Name).Distinct(StringComparer.Ordinal).Count());

    [Fact]
    public void Traits_ClientFault_IsNeverTheOperators() =>
        Assert.DoesNotContain(Enum.GetValues<ErrorKind>(), kind => kind.Traits() is { Status: < 500, OperatorFault: true });

    [Theory]
    [InlineData(new[] { ErrorKind.InputTooLong }, ErrorKind.InputTooLong)]
    [InlineData(new[] { ErrorKind.InputTooLong, ErrorKind.TimedOut, ErrorKind.ModelFailed }, ErrorKind.TimedOut)]
    [InlineData(new[] { ErrorKind.TimedOut, ErrorKind.UpstreamTimedOut }, ErrorKind.TimedOut)]
    public void Gravest_SeveralKinds_IsTheFirstOfTheHighestStatus(ErrorKind[] kinds, ErrorKind expected) =>
        Assert.Equal(expected, ErrorKinds.Gravest(kinds));
}
