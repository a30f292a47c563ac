using Microsoft.Extensions.Options;

namespace Gateway.Server.Access;

/// <summary>Who may use the operators' routes; the section <c>Gateway:Admin</c>.</summary>
public sealed class AdminOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Gateway:Admin";

    /// <summary>Whether other machines may; else only this one.</summary>
    public bool AllowRemote { get; set; }
}

/// <summary>Every value of <see cref="AdminOptions"/> is a legal one.</summary>
internal sealed class AdminOptionsValidator : IValidateOptions<AdminOptions>
{
    public ValidateOptionsResult Validate(string? name, AdminOptions options) => ValidateOptionsResult.Success;
}
