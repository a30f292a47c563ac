namespace Gateway.Server.Rubrics;

/// <summary>Whoever goes by principles of the catalogue for as long as the gateway runs.</summary>
internal interface IPrincipleFollower
{
    /// <summary>What keeps it from going by these principles; a set that keeps anybody from it does not come into force.</summary>
    IEnumerable<PrincipleFileFault> FaultsOf(PrincipleSet principles);

    /// <summary>These principles are in force now.</summary>
    void Take(PrincipleSet principles);
}
