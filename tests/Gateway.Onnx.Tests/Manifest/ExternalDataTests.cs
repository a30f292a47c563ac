using Gateway.Onnx.Manifest;

namespace Gateway.Onnx.Tests.Manifest;

public class ExternalDataTests
{
    [Fact]
    public void LocationsIn_GraphWithItsWeightsInside_IsEmpty() => Assert.Empty(Locations("good"));

    [Fact]
    public void LocationsIn_WeightsAndConstantsOutside_NamesEachFileOnce() => Assert.Equal(["external.bin"], Locations("external"));

    [Fact]
    public void LocationsIn_ConstantOfABranch_NamesItsFile()
    {
        var entry = Field(13, [.. Field(1, "location"u8), .. Field(2, "branch.bin"u8)]);
        var branch = Field(1, Field(5, Field(5, entry)));
        var model = Field(7, Field(1, Field(5, Field(6, branch))));
        Assert.Equal(["branch.bin"], ExternalData.LocationsIn(model));
    }

    [Fact]
    public void LocationsIn_NoGraph_Throws() => Assert.Throws<InvalidDataException>(() => ExternalData.LocationsIn([]));

    private static IReadOnlyList<string> Locations(string graph) =>
        ExternalData.LocationsIn(File.ReadAllBytes(Path.Combine(Fixture.Folder, "graphs", graph + ".onnx")));

    private static byte[] Field(int number, ReadOnlySpan<byte> value) => [(byte)((number << 3) | 2), (byte)value.Length, .. value];
}
