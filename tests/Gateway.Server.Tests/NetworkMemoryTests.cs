using Gateway.Server.Wire;

namespace Gateway.Server.Tests;

public class NetworkMemoryTests
{
    [Fact]
    public void Rent_AfterAReturn_GivesTheSameMemoryOnce()
    {
        using var pool = new NetworkMemory().Create();
        var first = pool.Rent(100);
        Assert.Equal(NetworkMemory.BlockBytes, first.Memory.Length);
        first.Memory.Span[0] = 7;

        first.Dispose();
        first.Dispose();
        var (second, third) = (pool.Rent(), pool.Rent());

        Assert.Equal(7, second.Memory.Span[0]);
        Assert.False(second.Memory.Span == third.Memory.Span);
        Assert.Throws<ObjectDisposedException>(() => first.Memory);
    }

    [Fact]
    public void Rent_AfterSeveralReturns_GivesTheOneReturnedLast()
    {
        using var pool = new NetworkMemory().Create();
        var (first, second) = (pool.Rent(), pool.Rent());
        (first.Memory.Span[0], second.Memory.Span[0]) = (1, 2);

        second.Dispose();
        first.Dispose();

        Assert.Equal(1, pool.Rent().Memory.Span[0]);
        Assert.Equal(2, pool.Rent().Memory.Span[0]);
    }

    [Fact]
    public void Rent_MoreThanABlock_IsRefused()
    {
        using var pool = new NetworkMemory().Create();

        Assert.Equal(NetworkMemory.BlockBytes, pool.MaxBufferSize);
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(NetworkMemory.BlockBytes + 1));
    }
}
