using Gateway.Core.Scoring;

namespace Gateway.Core.Tests;

public sealed class RewardModelKindsTests
{
    [Fact]
    public void Find_KnownKind_IsItsFactory()
    {
        var onnx = new NamedFactory("onnx");
        var kinds = new RewardModelKinds([new NamedFactory("tei"), onnx]);

        Assert.Same(onnx, kinds.Find("onnx"));
        Assert.Null(kinds.Find("ONNX"));
        Assert.Equal(["onnx", "tei"], kinds.Names);
    }

    [Fact]
    public void Constructor_SameKindTwice_Refuses() =>
        Assert.Throws<ArgumentException>(() => new RewardModelKinds([new NamedFactory("onnx"), new NamedFactory("onnx")]));

    private sealed class NamedFactory(string kind) : IRewardModelFactory
    {
        public string Kind => kind;

        public Task<IRewardModel> LoadAsync(ModelSource source, CancellationToken cancellation) => throw new NotSupportedException();
    }
}
