using System.Reflection;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Core.Tests;

/// <summary>Guarantees that rest on nobody else being able to make a value.</summary>
public sealed class ClosedTypesTests
{
    [Fact]
    public void HardenedItem_Constructors_AreInternal()
    {
        var constructors = typeof(HardenedItem).GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance);

        Assert.All(constructors, constructor => Assert.True(constructor.IsAssembly));
        Assert.True(typeof(HardenedItem).IsSealed);
        Assert.All(typeof(HardenedItem).GetProperties(), property => Assert.Null(property.SetMethod));
    }

    [Fact]
    public void ItemUnderPolicy_CannotBecomeAHardenedItem()
    {
        Assert.All(typeof(ItemUnderPolicy).GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance), constructor => Assert.True(constructor.IsAssembly));
        Assert.DoesNotContain(
            typeof(HardenedItem).GetMethods(BindingFlags.Public | BindingFlags.Static).Concat(typeof(ItemUnderPolicy).GetMethods(BindingFlags.Public | BindingFlags.Static)),
            conversion => conversion.Name is "op_Implicit" or "op_Explicit" && conversion.ReturnType == typeof(HardenedItem));
        Assert.Equal(typeof(IReadOnlyList<HardenedItem>), typeof(IRewardModel).GetMethod(nameof(IRewardModel.ScoreAsync))!.GetParameters()[0].ParameterType);
    }

    [Fact]
    public void HardenedItem_IsMadeByTheHardenerAlone()
    {
        var makers = typeof(HardenedItem).Assembly.GetExportedTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(method => method.ReturnType == typeof(HardenedItem));

        Assert.Equal([typeof(Hardener)], makers.Select(maker => maker.DeclaringType).Distinct());
    }

    [Fact]
    public void ItemBody_Cases_AreSealedAndWithin()
    {
        var cases = typeof(ItemBody).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ItemBody))).ToArray();

        Assert.Equal(["Conversation", "Templated", "TokenIds"], cases.Select(type => type.Name).Order());
        Assert.All(cases, type => Assert.True(type.IsSealed && type.DeclaringType == typeof(ItemBody)));
    }

    // The compiler writes a protected copy constructor for a record, so a private constructor alone does not close the union:
    // what does is an abstract member that other assemblies can neither see nor override.
    [Fact]
    public void ItemBody_OtherAssemblies_CannotCompleteACase()
    {
        var constructors = typeof(ItemBody).GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance);
        Assert.DoesNotContain(constructors, constructor => constructor.IsPublic);
        Assert.All(constructors.Where(constructor => !constructor.IsPrivate), copy => Assert.Equal(typeof(ItemBody), Assert.Single(copy.GetParameters()).ParameterType));

        var members = typeof(ItemBody).GetMethods(BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly);
        Assert.Contains(members, member => member.IsAbstract && member.IsAssembly);
    }
}
