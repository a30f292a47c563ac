using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using Gateway.Benchmarks;
using Gateway.LoadTests;

var results = Path.Combine(RepositoryRoot.Find(), "artifacts/benchmarks");
BenchmarkSwitcher.FromAssembly(typeof(ItemBenchmarks).Assembly).Run(args, DefaultConfig.Instance.WithArtifactsPath(results));
