namespace Gateway.Core.Hardening.Rules;

/// <summary>Finds responses far longer than answers are: judges reward length, and reading it costs.</summary>
public sealed class LengthBombRule : IHardeningRule
{
    private const int Long = 64 * 1024;
    private const int Bomb = 512 * 1024;

    /// <inheritdoc/>
    public string Name => "length-bomb";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public HardeningScope Scope => HardeningScope.Responses;

    /// <inheritdoc/>
    public RuleActions Default => new(HardeningAction.Observe, HardeningAction.Flag, HardeningAction.Flag);

    /// <inheritdoc/>
    public RuleActions Strict => new(HardeningAction.Observe, HardeningAction.Flag, HardeningAction.Flag);

    /// <inheritdoc/>
    public void Inspect(in HardeningField field, FindingList findings)
    {
        if (field.Text.Length > Long)
        {
            findings.Add(field, field.Text.Length > Bomb ? HardeningSeverity.Medium : HardeningSeverity.Low, 0, $"{field.Text.Length} bytes");
        }
    }
}
