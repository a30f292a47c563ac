namespace Gateway.Core.Aggregation;

/// <summary>How the scores of several jurors become one.</summary>
public enum Welfare
{
    /// <summary>The mean, Σws/Σw: what one juror loses another may gain (utilitarian).</summary>
    Mean,

    /// <summary>The lowest: the least satisfied juror decides (Rawls).</summary>
    Min,

    /// <summary>The geometric mean, exp(Σw·ln s/Σw): between the two (Nash); needs a scale whose lowest score is above 0.</summary>
    Nash,
}
