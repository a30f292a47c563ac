using System.CommandLine;
using Gateway.Cli.Audit;

var root = new RootCommand("Jobs against a running reward gateway.") { AuditCommand.Create(TimeProvider.System) };
return await root.Parse(args).InvokeAsync();
