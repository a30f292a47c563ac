using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Gateway.Server.Tests;

/// <summary>Start and stop as an operator sees them: every problem at once with its remedy, or a port that answers.</summary>
public sealed class StartupProcessTests : IDisposable
{
    private const string FreePort = "http://127.0.0.1:0";

    private readonly string _folder = Directory.CreateTempSubdirectory("gateway-startup-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public Task Start_UnknownDefaultModel_NamesTheKnownOnes() => RefusesAsync(
        ["Gateway:DefaultModel 'nobody' is not there; known are rm-mini. Name one of them, or set it empty."], "--Gateway:DefaultModel", "nobody");

    [Fact]
    public Task Start_BadLimits_ListsAll() => RefusesAsync(
        [
            "Gateway:Limits:BodyBytes must be between 1024 and",
            "Gateway:Limits:ItemsInFlight must be between 1 and 10000000.",
            "Gateway:Limits:MessagesPerItem must be between 1 and 100000.",
            "Gateway:Limits: ResponsesPerRequest 16384 is above ItemsInFlight 0, so a legal request could never enter; raise",
            "Gateway:PatienceMs:Native must be between 1 and 3600000.",
            "Gateway:Onnx:QueueItems must be between 1 and 16777216.",
            "Gateway:ModelsFolder: it is empty; name the folder",
            "Gateway:Slime: 'slime' is not a path; write it as /path, without white space and { } ? #.",
            "Gateway:Models:rm-mini:Aliases: an alias is empty; remove it.",
            "Gateway:Models:rm-mini:MaxTokens must be between 1 and",
        ],
        "--Gateway:Limits:BodyBytes", "1", "--Gateway:Limits:ItemsInFlight", "0", "--Gateway:Limits:MessagesPerItem", "0", "--Gateway:PatienceMs:Native", "0",
        "--Gateway:Onnx:QueueItems", "0", "--Gateway:ModelsFolder", " ", "--Gateway:Slime:NumberPaths:0", "slime", "--Gateway:Models:rm-mini:Aliases:0", " ",
        "--Gateway:Models:rm-mini:MaxTokens", "0");

    [Fact]
    public Task Start_UnknownSettingAndBadLimit_ListsBoth() => RefusesAsync(
        ["Gateway:DefaultMdel is no setting; Gateway has", "Gateway:Limits:ItemsInFlight must be between 1 and 10000000."],
        "--Gateway:DefaultMdel", "rm-mini", "--Gateway:Limits:ItemsInFlight", "0");

    [Fact]
    public Task Start_UnknownSettingAndUnreadableValues_ListsAll() => RefusesAsync(
        ["Gateway:DefaultMdel is no setting", "Gateway:Limits:BodyBytes is 'many'; it must be", "Gateway:Onnx:Provider is 'Abacus'; it must be one of Cpu, Cuda, TensorRt"],
        "--Gateway:DefaultMdel", "rm-mini", "--Gateway:Limits:BodyBytes", "many", "--Gateway:Onnx:Provider", "Abacus");

    [Fact]
    public Task Start_LimitsThatContradictEachOther_ListsAll() => RefusesAsync(
        [
            "2 problems",
            "Gateway:Onnx: QueueItems 16383 is below Gateway:Limits:ResponsesPerRequest 16384, so a legal request would be refused for ever; raise QueueItems",
            "Gateway:PatienceMs: Native 60000 is above NativeMost 59999, so no request could state its own default; raise NativeMost or lower Native.",
        ],
        "--Gateway:Onnx:QueueItems", "16383", "--Gateway:PatienceMs:NativeMost", "59999");

    [Fact]
    public Task Start_PoliciesThatAreNotThere_ListsAll() => RefusesAsync(
        [
            "4 problems",
            "Gateway:Models:rm-mini:Hardening: no policy is named 'house'; known are off, observe, default, strict,",
            "Gateway:Hardening:Policies:strict: a policy of that name is always there and cannot be changed; choose another name.",
            "Gateway:Hardening:Policies:mine:Base: 'none' is none of off, observe, default, strict.",
            "Gateway:Hardening:Policies:mine:Rules:no-such-rule: no rule has that name; known are content-free, control-answers, control-token,",
        ],
        "--Gateway:Models:rm-mini:Hardening", "house", "--Gateway:Hardening:Policies:strict:Base", "default", "--Gateway:Hardening:Policies:mine:Base", "none",
        "--Gateway:Hardening:Policies:mine:Rules:no-such-rule:High", "Flag");

    [Fact]
    public Task Start_EmptyValuesAndWrongShapes_ListsAll() => RefusesAsync(
        [
            "8 problems",
            "Gateway:Onnx:Workers is ''; it must be a whole number in range; remove it to keep the default.",
            "Gateway:Onnx:Provider is ''; it must be one of Cpu, Cuda, TensorRt; remove it to keep the default.",
            "Gateway:Onnx:Devices is '1'; it is a list: write Gateway:Onnx:Devices:0 for its first value.",
            "Gateway:Models:rm-mini is 'x'; it has settings of its own: write Gateway:Models:rm-mini:<name>.",
            "Gateway:Models:other is ''; it has settings of its own: write Gateway:Models:other:<name>.",
            "Gateway:Limits is 'wide'; it has settings of its own: write Gateway:Limits:<name>.",
            "Gateway:DefaultModel:name is no setting; Gateway:DefaultModel takes one value.",
            "Gateway:PatienceMs:Native:ms is no setting; Gateway:PatienceMs:Native takes one value.",
        ],
        "--Gateway:Onnx:Workers=", "--Gateway:Onnx:Provider=", "--Gateway:Onnx:Devices", "1", "--Gateway:Models:rm-mini", "x", "--Gateway:Models:other=",
        "--Gateway:Limits", "wide", "--Gateway:DefaultModel:name", "rm-mini", "--Gateway:PatienceMs:Native:ms", "1");

    [Fact]
    public Task Start_ControlsWithoutAScale_AsksForAMargin() => RefusesAsync(
        ["1 problem.", "Gateway:Models:rm-mini:Controls:Enabled is true and its scores have no scale to take a margin from; set Gateway:Models:rm-mini:Controls:Margin"],
        "--Gateway:Models:rm-mini:Controls:Enabled=true");

    [Fact]
    public Task Start_WrongControlsAndSmoothing_ListsAll() => RefusesAsync(
        [
            "4 problems",
            "Controls:Margin must be between 0 and",
            "Controls:Bottom must be between",
            "Gateway:Models:rm-mini:Controls:Answers: an answer is there twice; each is judged once for every prompt.",
            "Gateway:Models:rm-mini:Smoothing:Variants: a variant is one of Trimmed, TrailingNewline,",
        ],
        "--Gateway:Models:rm-mini:Controls:Margin=-1", "--Gateway:Models:rm-mini:Controls:Bottom=1e301", "--Gateway:Models:rm-mini:Controls:Answers:0=:",
        "--Gateway:Models:rm-mini:Controls:Answers:1=:", "--Gateway:Models:rm-mini:Smoothing:Variants:0=77");

    [Fact]
    public Task Start_SmoothedOrControlledJury_IsRefused()
    {
        Write("x", "model.json", """{"kind": "jury", "scale": {"lowest": 1, "highest": 5}, "jurors": [{"model": "rm-mini"}, {"name": "again", "model": "rm-mini"}]}""");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "rm-mini"), RepositoryRoot.File("models/rm-mini"));

        return RefusesAsync(
            ["Gateway:Models:x:Smoothing is for scalar reward models, and x is a judge or a jury"],
            "--Gateway:ModelsFolder", _folder, "--Gateway:Models:x:Smoothing:Variants:0=Trimmed");
    }

    [Theory]
    [InlineData("65", "64", "All", 2, "Gateway:NemoGym:RolloutsPerPrompt is 65: judged together at list, so many are 65 responses, and Gateway:Limits:ItemsInFlight is 64, so", "RolloutsPerPrompt is 65: pair cannot compare so many: ")]
    [InlineData("9", "17", "Default", 1, "Gateway:NemoGym:RolloutsPerPrompt is 9: judged together at pair, so many are 18 responses, and Gateway:Limits:ItemsInFlight is 17, so")]
    public Task Start_CohortsThatCouldNeverBeJudged_ListsTheModels(string rollouts, string items, string pairing, int problems, params string[] said)
    {
        Write("list", "model.json", """{"kind": "judge", "cluster": "judges", "revision": "1", "style": {"kind": "listwise"}}""");
        Write("pair", "model.json", """{"kind": "judge", "cluster": "judges", "revision": "1", "style": {"kind": "pairwise"}}""");
        Write("one", "model.json", """{"kind": "judge", "cluster": "judges", "revision": "1", "style": {"kind": "rubric"}}""");
        return RefusesAsync(
            [problems == 1 ? "1 problem." : $"{problems} problems", .. said],
            "--Gateway:ModelsFolder", _folder, "--Gateway:DefaultModel", "list", "--Gateway:Clusters:judges:Destinations:a:Address", "http://127.0.0.1:1",
            "--Gateway:NemoGym:RolloutsPerPrompt", rollouts, "--Gateway:NemoGym:Pairing", pairing, "--Gateway:Limits:ItemsInFlight", items, "--Gateway:Limits:ResponsesPerRequest", "1");
    }

    [Fact]
    public Task Start_OneValueForAllModels_SaysWhatBelongsThere() => RefusesAsync(
        ["1 problem.", "Gateway:Models is 'x'; it has entries by name: write Gateway:Models:<name>:<setting>."], "--Gateway:Models", "x");

    [Fact]
    public Task Start_PathsThatNoRequestHas_ListsAll() => RefusesAsync(
        [.. "/{a /a} /a? /a#b //a".Split(' ').Append("/a b").Append("").Select(path => $"Gateway:Slime: '{path}' is not a path; write it as /path")],
        [.. "/{a /a} /a? /a#b //a".Split(' ').Append("/a b").Append("").SelectMany((path, i) => (string[])[$"--Gateway:Slime:NumberPaths:{i}={path}"])]);

    [Fact]
    public async Task Start_ManifestThatCannotBeRead_NamesItBesideTheOtherProblems()
    {
        Write("locked", "model.json", "{}");
        Write("odd", "model.json", "{}");
        // A lock and not permissions, which root does not heed.
        await using var held = new FileStream(Path.Combine(_folder, "locked", "model.json"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        await RefusesAsync(
            ["2 problems", "Model 'locked': ", Path.Combine(_folder, "locked", "model.json"), "; make it readable to the gateway.", "Model 'odd': "],
            "--Gateway:ModelsFolder", _folder);
    }

    [Fact]
    public Task Start_NoModelsFolder_NamesTheSetting() => RefusesAsync(
        [$"Gateway:ModelsFolder '{_folder}/none' is not there; create it, or set an absolute path."], "--Gateway:ModelsFolder", $"{_folder}/none");

    [Fact]
    public Task Start_FaultyPrinciples_ListsAll()
    {
        File.WriteAllText(Path.Combine(_folder, "a.md"), "Be brief.");
        File.WriteAllText(Path.Combine(_folder, "b.md"), "---\nid: b\nversion: 1\ntitle: B\nscale: {lowest: 5, highest: 1}\n---\nBe brief.");
        return RefusesAsync(
            [
                "2 problems",
                "Principle file 'a.md', line 1: the file does not begin with front matter; its first line must be ---.",
                "Principle file 'b.md', line 5, scale: lowest 5 is not below highest 1; swap or correct them.",
            ],
            "--Gateway:PrinciplesFolder", _folder);
    }

    [Fact]
    public Task Start_FaultsOfPrinciplesAndModels_AreListedTogether()
    {
        File.WriteAllText(Path.Combine(_folder, "a.md"), "Be brief.");
        Write("odd", "model.json", """{"kind": "crystal-ball"}""");
        return RefusesAsync(
            ["2 problems", "Principle file 'a.md', line 1: ", "Model 'odd': model.json has no known \"kind\""],
            "--Gateway:PrinciplesFolder", _folder, "--Gateway:ModelsFolder", _folder);
    }

    [Fact]
    public Task Start_JudgeThatNamesAnUnknownPrinciple_NamesTheNearest()
    {
        Write("judge", "model.json", """{"kind": "judge", "cluster": "judges", "revision": "1", "style": {"kind": "rubric"}, "principle": "concisely"}""");
        return RefusesAsync(
            ["2 problems", "Model 'judge': 'cluster' is 'judges', which is not configured", "Model 'judge': 'principle' is 'concisely', and no principle has that name; did you mean 'concise'?"],
            "--Gateway:ModelsFolder", _folder);
    }

    [Fact]
    public Task Start_FaultyPrincipleThatAJudgeNames_IsNotSaidToBeUnknownToo()
    {
        File.WriteAllText(Path.Combine(_folder, "house.md"), "Be brief.");
        Write("judge", "model.json", """{"kind": "judge", "cluster": "judges", "revision": "1", "style": {"kind": "rubric"}, "principle": "house"}""");
        return RefusesAsync(
            ["1 problem.", "Principle file 'house.md', line 1: "],
            "--Gateway:DefaultModel", "judge", "--Gateway:ModelsFolder", _folder, "--Gateway:PrinciplesFolder", _folder, "--Gateway:Clusters:judges:Destinations:a:Address", "http://127.0.0.1:1");
    }

    [Fact]
    public Task Start_LimitsAndPricesOfAModel_AreNamedByTheirSettings() => RefusesAsync(
        [
            "3 problems",
            "Gateway:Models:help.ful:Limits:MaxConcurrency must be between 1 and 1000000.",
            "Gateway:Models:help.ful:Prices:PromptPerMillion must be between 0 and 1000000.",
            "Gateway:Models:help.ful:MaxTokens must be between 1 and",
        ],
        "--Gateway:Models:help.ful:Limits:MaxConcurrency", "0", "--Gateway:Models:help.ful:Prices:PromptPerMillion", "-1", "--Gateway:Models:help.ful:MaxTokens", "0");

    [Fact]
    public Task Start_NoPrinciplesFolder_NamesTheSetting() => RefusesAsync(
        [$"Gateway:PrinciplesFolder '{_folder}/none' is not there; create it, set an absolute path, or set it empty to have no principles."],
        "--Gateway:PrinciplesFolder", $"{_folder}/none");

    [Fact]
    public Task Start_PollThatNeverRests_IsRefused() => RefusesAsync(
        ["Gateway:PrinciplesPollMs: it is 0; set 100 to 3600000."], "--Gateway:PrinciplesPollMs", "0");

    [Fact]
    public Task Start_EmptyModelsFolder_SaysWhatBelongsThere() => RefusesAsync(
        [$"{_folder} holds no model; put one folder per model there."], "--Gateway:ModelsFolder", _folder);

    [Fact]
    public async Task Start_SeveralBrokenModels_ListsEveryProblemOfEach()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "empty"));
        Write("no-json", "model.json", "{ not json");
        Write("odd", "model.json", """{"kind": "crystal-ball"}""");
        Write("my model", "model.json", """{"kind": "onnx"}""");
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(RepositoryRoot.File("models/rm-mini/model.json"), TestContext.Current.CancellationToken))!;
        manifest["graph"] = "gone.onnx";
        Write("incomplete", "model.json", manifest.ToJsonString());
        manifest["max_token"] = 7;
        Write("mistyped", "model.json", manifest.ToJsonString());

        await RefusesAsync(
            [
                "Model 'empty':", "has no model.json; add one",
                "Model 'no-json': model.json is not JSON (line 1): correct it.",
                "Model 'odd': model.json has no known \"kind\"; this gateway knows ",
                "Model 'my model': the folder's name has other characters than A-Z a-z 0-9 . _ -; rename it.",
                "Model 'mistyped': unknown key 'max_token'; did you mean 'max_tokens'?",
                "Model 'incomplete':", "gone.onnx", "tokenizer.model",
            ],
            "--Gateway:ModelsFolder", _folder);
    }

    [Fact]
    public Task Start_JuriesOfThemselvesOrOfNobody_NamesTheWayRound()
    {
        const string Jury = """{"kind": "jury", "scale": {"lowest": 1, "highest": 5}, "jurors": [{"model": "FIRST"}, {"model": "SECOND"}]}""";
        Write("x", "model.json", Jury.Replace("FIRST", "y", StringComparison.Ordinal).Replace("SECOND", "nobody", StringComparison.Ordinal));
        Write("y", "model.json", Jury.Replace("FIRST", "x", StringComparison.Ordinal).Replace("SECOND", "rm-mini", StringComparison.Ordinal));
        Directory.CreateSymbolicLink(Path.Combine(_folder, "rm-mini"), RepositoryRoot.File("models/rm-mini"));

        return RefusesAsync(
            [
                "Model 'y': juror 'x': 'x' would be made of itself: x → y → x; take one of them out.",
                "Model 'x': juror 'y': 'y' could not be loaded; mend what is said of it.",
                "Model 'x': juror 'nobody': no model is named 'nobody'; known are 'rm-mini', 'x', 'y'.",
            ],
            "--Gateway:ModelsFolder", _folder);
    }

    [Fact]
    public Task Start_JuryThatIsNotFit_ListsAll()
    {
        Write("jury", "model.json", """
            {"kind": "jury", "jurors": [{"model": "rm-mini", "calibration": {"mean": 0, "deviation": 1}},
              {"name": "kind", "model": "rm-mini", "principle": {"text": "Be kind."}, "calibration": {"mean": 0, "deviation": 1}}]}
            """);
        Directory.CreateSymbolicLink(Path.Combine(_folder, "rm-mini"), RepositoryRoot.File("models/rm-mini"));

        return RefusesAsync(
            [
                "Model 'jury': juror 'kind': 'rm-mini' cannot be told a principle; leave 'principle' out, or name a judge that can.",
                "Model 'jury': juror 'rm-mini': 'rm-mini' has a floor, which is no juror's score, and the jury has none; set Gateway:Models:jury:Floor.",
                "Model 'jury': Gateway:Models:jury:Truncation says nothing of a jury; set it for its jurors.",
                "Model 'jury': Gateway:Models:jury:CacheTtlSeconds says nothing of a jury; set it for its jurors.",
            ],
            "--Gateway:ModelsFolder", _folder, "--Gateway:Models:rm-mini:Floor", "-5", "--Gateway:Models:jury:Truncation", "Head", "--Gateway:Models:jury:CacheTtlSeconds", "60");
    }

    [Fact]
    public Task Start_PathsOfTwoDialects_NamesThem() => RefusesAsync(
        ["POST /classify belongs to two dialects; take the path out of Gateway:Slime."], "--Gateway:Slime:NumberPaths:0", "/classify");

    [Fact]
    public async Task Start_PortInUse_SaysSo()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";

        var (exitCode, output, error) = await GatewayProcess.RunAsync("--urls", address);

        Assert.NotEqual(0, exitCode);
        Assert.Contains(address, error, StringComparison.Ordinal);
        Assert.Contains("address already in use; stop what listens there, or choose another with --urls.", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output + error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_FreePort_ServesAndEndsWithZeroOnSigterm()
    {
        await using var gateway = GatewayProcess.Start("--urls", FreePort);
        using var http = new HttpClient { BaseAddress = await gateway.AddressAsync() };

        Assert.Equal("ready\n", await http.GetStringAsync("/readyz", TestContext.Current.CancellationToken));
        Assert.NotEqual(8080, http.BaseAddress.Port);
        await gateway.TerminateAsync();

        var (exitCode, _, error) = await gateway.ExitAsync();
        Assert.Equal((0, ""), (exitCode, error));
    }

    [Fact]
    public async Task Sigterm_WhileARequestRuns_FinishesItAndEndsWithZero()
    {
        const string Body = """{"prompt": "p", "response": "x"}""";
        await using var gateway = GatewayProcess.Start("--urls", FreePort);
        using var raw = await RawHttp.ConnectAsync(await gateway.AddressAsync());
        await raw.SendAsync($"POST /v1/score HTTP/1.1\r\nHost: gateway\r\nContent-Length: {Body.Length}\r\nExpect: 100-continue\r\n\r\n");
        // The server says so when the request's handler reads the body, and so when it runs.
        Assert.StartsWith("HTTP/1.1 100 Continue", await raw.ReadAsync(), StringComparison.Ordinal);

        await gateway.TerminateAsync();
        await gateway.LineAsync("Application is shutting down");
        await raw.SendAsync(Body);
        var reply = await raw.ReadReplyAsync();

        Assert.StartsWith("HTTP/1.1 200 OK", reply, StringComparison.Ordinal);
        Assert.Contains("\"status\":\"ok\"", reply, StringComparison.Ordinal);
        Assert.Equal(0, (await gateway.ExitAsync()).ExitCode);
    }

    private void Write(string model, string file, string text)
    {
        Directory.CreateDirectory(Path.Combine(_folder, model));
        File.WriteAllText(Path.Combine(_folder, model, file), text);
    }

    private static async Task RefusesAsync(string[] says, params string[] arguments)
    {
        var (exitCode, output, error) = await GatewayProcess.RunAsync(["--urls", FreePort, .. arguments]);

        Assert.Equal(1, exitCode);
        Assert.StartsWith("The gateway does not start: ", error, StringComparison.Ordinal);
        Assert.All(says, what => Assert.Contains(what, error, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", output + error, StringComparison.Ordinal);
        Assert.DoesNotContain("Now listening", output, StringComparison.Ordinal);
    }
}
