using Gateway.Server.Caching;

namespace Gateway.Server.Tests.Caching;

public sealed class CacheOptionsTests
{
    private readonly CacheOptionsValidator _validator = new();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("10.0.0.1:6379,10.0.0.2:6379,10.0.0.3:6379")]
    [InlineData("redis.example:6380,ssl=true,user=gateway,password=s3cret,defaultDatabase=2")]
    [InlineData("sentinel-1:26379,sentinel-2:26379,serviceName=mymaster")]
    public void Validate_AddressesOfEveryKind_AreTaken(string? redis) =>
        Assert.True(_validator.Validate(null, new CacheOptions { Redis = redis }).Succeeded);

    [Theory]
    [InlineData("redis://:s3cret@localhost:6379", "it is a URL; write it as host:port,host:port,option=value.")]
    [InlineData("localhost,nonsense=1,password=s3cret", "it cannot be read")]
    [InlineData("localhost,connectTimeout=soon,password=s3cret", "it cannot be read")]
    [InlineData("password=s3cret", "it names no endpoint")]
    public void Validate_NoAddress_IsRefusedWithoutItsPassword(string redis, string says)
    {
        var result = _validator.Validate(null, new CacheOptions { Redis = redis });

        Assert.Contains($"Gateway:Cache:Redis: {says}", result.FailureMessage, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", result.FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_ShortSigningKey_IsRefusedWithoutSayingIt()
    {
        var result = _validator.Validate(null, new CacheOptions { SigningKey = "guess-me" });

        Assert.Contains("Gateway:Cache:SigningKey: it has 8 characters; use at least 16", result.FailureMessage, StringComparison.Ordinal);
        Assert.DoesNotContain("guess-me", result.FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void ToConfiguration_OperatorsTimeouts_WinOverTheDefaultsButNotOverWhatACacheNeeds()
    {
        var configuration = new CacheOptions { Redis = "localhost,asyncTimeout=77,abortConnect=true" }.ToConfiguration();

        Assert.Equal(77, configuration.AsyncTimeout);
        Assert.Equal(2_000, configuration.ConnectTimeout);
        Assert.False(configuration.AbortOnConnectFail);
        Assert.False(configuration.BacklogPolicy.QueueWhileDisconnected);
    }
}
