using System.Text;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;
using Gateway.Server.Rubrics;
using Gateway.Server.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Tests.Rubrics;

/// <summary>The catalogue over a real folder: what it takes, what it refuses, and what it does while the folder changes.</summary>
public sealed class PrincipleCatalogTests : IDisposable
{
    private readonly PrinciplesFolder _folder = new();
    private readonly LogLines _log = new();
    private readonly PrincipleCatalog _catalog;

    public PrincipleCatalogTests() => _catalog = Catalog(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_Folder_HasItsPrinciplesByName()
    {
        _folder.Write("b");
        _folder.Write("a.b_c-1", "Be kind.", 7);

        _catalog.Load();

        Assert.Equal(["a.b_c-1", "b"], _catalog.Current.Principles.Select(principle => principle.Name));
        Assert.Equal(("Be kind.", 7), (_catalog.Find("a.b_c-1").Text, _catalog.Find("a.b_c-1").Version));
        Assert.Empty(_catalog.Faults);
    }

    [Fact]
    public void Load_ManyFaultyFiles_ListsEveryFaultWithFileAndLine()
    {
        _folder.Write("good");
        _folder.WriteFile("a.md", "Be brief.");
        _folder.WriteFile("b.md", "---\nid: c\nversion: 0\ntitel: B\n---\nBe brief.");
        _folder.WriteFile("c d.md", PrinciplesFolder.Of("c d"));
        _folder.WriteFile("e.md", "");
        File.WriteAllBytes(_folder.File("f.md"), [.. Encoding.UTF8.GetBytes(PrinciplesFolder.Of("f")), 0xff]);
        File.WriteAllBytes(_folder.File("g.md"), new byte[3 * PrincipleFile.MostBytes]);

        var fault = Assert.Throws<StartupException>(_catalog.Load);

        Assert.Equal(
            [
                "Principle file 'a.md', line 1: the file does not begin with front matter; its first line must be ---.",
                "Principle file 'b.md', line 2, id: 'c' is not the file's name; write id: b, or rename the file.",
                "Principle file 'b.md', line 2: the key 'title' is missing; add it.",
                "Principle file 'b.md', line 3, version: it must be a whole number from 1 to 1000000.",
                "Principle file 'b.md', line 4, titel: unknown key 'titel'; did you mean 'title'?",
                "Principle file 'c d.md': the file's name: 'c d' is no name; use 1 to 64 of the characters A-Z a-z 0-9 . _ -.",
                "Principle file 'e.md': it is empty, or no plain file; write the principle, or delete it.",
                "Principle file 'f.md', line 7: a byte here is no UTF-8; save the file as UTF-8.",
                "Principle file 'g.md': it has more than 262144 bytes; shorten it.",
            ],
            fault.Problems.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Load_FolderThatIsNotThere_NamesTheSetting()
    {
        var fault = Assert.Throws<StartupException>(Catalog(_folder.File("none")).Load);

        Assert.Equal($"Gateway:PrinciplesFolder '{_folder.Path}/none' is not there; create it, set an absolute path, or set it empty to have no principles.", Assert.Single(fault.Problems));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(null)]
    public void Load_NoFolder_HasNoPrinciples(string? folder)
    {
        var catalog = Catalog(folder);

        catalog.Load();
        catalog.Look();

        Assert.Empty(catalog.Current.Principles);
        var fault = Assert.Throws<GatewayException>(() => catalog.Find("concise"));
        Assert.Equal((ErrorKind.UnknownPrinciple, "No principle is named 'concise'; this gateway has none."), (fault.Kind, fault.Message));
    }

    [Theory]
    [InlineData("concise", "No principle is named 'concise'; did you mean 'concisely'? GET /v1/principles lists them.")]
    [InlineData("CONCISELY", "No principle is named 'CONCISELY'; did you mean 'concisely'? GET /v1/principles lists them.")]
    [InlineData("x", "No principle is named 'x'; known are 'concisely', 'kindly'. GET /v1/principles lists them.")]
    public void Find_UnknownName_SaysTheNearest(string name, string message)
    {
        _folder.Write("concisely");
        _folder.Write("kindly");
        _catalog.Load();

        var fault = Assert.Throws<GatewayException>(() => _catalog.Find(name));

        Assert.Equal((ErrorKind.UnknownPrinciple, message), (fault.Kind, fault.Message));
    }

    [Fact]
    public void Find_HugeName_IsAShortMessage()
    {
        _folder.Write("concise");
        _catalog.Load();

        Assert.InRange(Assert.Throws<GatewayException>(() => _catalog.Find(new string('c', 10_000_000))).Message.Length, 1, 300);
    }

    [Fact]
    public void Look_AddChangeAndDelete_ComeIntoForce()
    {
        _folder.Write("a", "One.");
        _folder.Write("b");
        _catalog.Load();
        var held = _catalog.Current;

        _folder.Write("a", "Two.", 2);
        _folder.Write("c");
        File.Delete(_folder.File("b.md"));
        LookTwice();

        Assert.Equal(["a", "c"], _catalog.Current.Principles.Select(principle => principle.Name));
        Assert.Equal("Two.", _catalog.Find("a").Text);
        Assert.Throws<GatewayException>(() => _catalog.Find("b"));
        Assert.Equal(("One.", "Be brief."), (held.Find("a").Text, held.Find("b").Text));
        Assert.Equal((1, 0), (_catalog.Taken, _catalog.Refused));
        Assert.Contains("2 principles are in force; new or changed: [a, c], gone: [b]", _log.Lines);
    }

    [Fact]
    public void Look_BreakAndMend_KeepsTheOldUntilMended()
    {
        _folder.Write("a", "One.");
        _folder.Write("b", "One.");
        _catalog.Load();

        _folder.Write("a", "Two.");
        _folder.WriteFile("b.md", "---\nid: b\nversion: 1\n---\nTwo.");
        for (var i = 0; i < 5; i++)
        {
            LookTwice();
        }

        Assert.Equal(("One.", "One."), (_catalog.Find("a").Text, _catalog.Find("b").Text));
        Assert.Equal([new PrincipleFileFault("b.md", 2, "", "the key 'title' is missing; add it.")], _catalog.Faults);
        Assert.Equal((0, 1), (_catalog.Taken, _catalog.Refused));
        Assert.Single(_log.Lines, line => line.StartsWith("The changed principles are not used", StringComparison.Ordinal));

        _folder.Write("b", "Two.");
        LookTwice();

        Assert.Equal(("Two.", "Two."), (_catalog.Find("a").Text, _catalog.Find("b").Text));
        Assert.Empty(_catalog.Faults);
        Assert.Equal((1, 1), (_catalog.Taken, _catalog.Refused));
    }

    [Fact]
    public void Look_BrokenAndPutBack_HasNoFaultsLeft()
    {
        _folder.Write("a");
        _catalog.Load();
        var before = _catalog.Find("a").Digest;
        _folder.WriteFile("a.md", "no front matter");
        LookTwice();
        Assert.Single(_catalog.Faults);

        _folder.Write("a");
        LookTwice();

        Assert.Empty(_catalog.Faults);
        Assert.Equal(before, _catalog.Find("a").Digest);
    }

    [Fact]
    public void Look_FileHalfWritten_WaitsForTheRest()
    {
        _folder.Write("a", "First sentence. Second sentence.");
        _catalog.Load();

        _folder.Write("a", "New first sentence.");
        _catalog.Look();
        _folder.Write("a", "New first sentence. New second sentence.");
        _catalog.Look();
        Assert.Equal("First sentence. Second sentence.", _catalog.Find("a").Text);
        _catalog.Look();

        Assert.Equal("New first sentence. New second sentence.", _catalog.Find("a").Text);
        Assert.Equal(1, _catalog.Taken);
    }

    [Fact]
    public void Look_ChangeThatIsTakenBackAtOnce_IsNone()
    {
        _folder.Write("a");
        _catalog.Load();
        var held = _catalog.Current;

        _folder.Write("a", "Other.");
        _catalog.Look();
        _folder.Write("a");
        LookTwice();

        Assert.Same(held, _catalog.Current);
        Assert.Equal((0, 0), (_catalog.Taken, _catalog.Refused));
    }

    [Fact]
    public void Look_SameLengthAndTime_IsSeen()
    {
        _folder.Write("a", "One.");
        _catalog.Load();
        var time = File.GetLastWriteTimeUtc(_folder.File("a.md"));

        _folder.Write("a", "Two.");
        File.SetLastWriteTimeUtc(_folder.File("a.md"), time);
        LookTwice();

        Assert.Equal("Two.", _catalog.Find("a").Text);
    }

    [Fact]
    public void Look_FolderGone_KeepsWhatWasInForce()
    {
        _folder.Write("a");
        _catalog.Load();
        Directory.Move(_folder.Path, _folder.Path + "-away");
        try
        {
            LookTwice();

            Assert.Equal("Be brief.", _catalog.Find("a").Text);
            Assert.Equal([new PrincipleFileFault("", 0, "", "the folder cannot be read; it must be there, and readable to the gateway.")], _catalog.Faults);
        }
        finally
        {
            Directory.Move(_folder.Path + "-away", _folder.Path);
        }

        LookTwice();
        Assert.Empty(_catalog.Faults);
    }

    [Fact]
    public void Load_WhatIsNoPrinciple_IsLeftAlone()
    {
        _folder.Write("a");
        _folder.WriteFile("README.md", "About this folder.");
        _folder.WriteFile(".a.md", "an editor's");
        _folder.WriteFile("a.md~", "another editor's");
        _folder.WriteFile("notes.txt", "notes");
        File.CreateSymbolicLink(_folder.File(".#a.md"), "nobody@nowhere:1");
        Directory.CreateDirectory(_folder.File("drafts.md"));
        File.WriteAllText(Path.Combine(_folder.File("drafts.md"), "draft.md"), "draft");

        _catalog.Load();

        Assert.Equal(["a"], _catalog.Current.Principles.Select(principle => principle.Name));
    }

    [Fact]
    public void Look_LinksThatMoveAsMountedFoldersDo_AreFollowed()
    {
        foreach (var (version, text) in (ReadOnlySpan<(string, string)>)[("v1", "One."), ("v2", "Two.")])
        {
            Directory.CreateDirectory(_folder.File(version));
            File.WriteAllText(Path.Combine(_folder.File(version), "a.md"), PrinciplesFolder.Of("a", text));
        }

        Directory.CreateSymbolicLink(_folder.File("..data"), "v1");
        File.CreateSymbolicLink(_folder.File("a.md"), "..data/a.md");
        _catalog.Load();
        Assert.Equal("One.", _catalog.Find("a").Text);

        Directory.Delete(_folder.File("..data"));
        Directory.CreateSymbolicLink(_folder.File("..data"), "v2");
        LookTwice();

        Assert.Equal("Two.", _catalog.Find("a").Text);
    }

    [Theory]
    [InlineData("nowhere.md", "it cannot be read; where it is a link, it must lead to a file.")]
    [InlineData("a.md", "it cannot be read; where it is a link, it must lead to a file.")]
    [InlineData("/dev/zero", "it is empty, or no plain file; write the principle, or delete it.")]
    [InlineData("/dev/null", "it is empty, or no plain file; write the principle, or delete it.")]
    public void Load_LinkThatLeadsToNoFile_IsAFault(string target, string message)
    {
        File.CreateSymbolicLink(_folder.File("a.md"), target);

        var fault = Assert.Throws<StartupException>(_catalog.Load);

        Assert.Equal($"Principle file 'a.md': {message}", Assert.Single(fault.Problems));
    }

    [Fact]
    public async Task Load_Pipe_IsAFaultAndNoWait()
    {
        var (exitCode, _, error) = await ChildProcess.RunAsync("/usr/bin/mkfifo", [_folder.File("a.md")]);
        Assert.True(exitCode == 0, error);

        Assert.Single(Assert.Throws<StartupException>(_catalog.Load).Problems);
    }

    [Fact]
    public void Load_NamesThatDifferInCaseOnly_AreAFault()
    {
        _folder.Write("Brief");
        _folder.Write("brief");

        Assert.Equal("Principle file 'brief.md': its name differs from 'Brief' in case only; rename one of them.", Assert.Single(Assert.Throws<StartupException>(_catalog.Load).Problems));
    }

    [Fact]
    public void Load_TooManyFiles_IsOneFault()
    {
        for (var i = 0; i <= PrincipleFolder.MostFiles; i++)
        {
            _folder.WriteFile($"p{i}.md", "x");
        }

        Assert.Equal("Principles: the folder has more than 1000 files of principles; move some out.", Assert.Single(Assert.Throws<StartupException>(_catalog.Load).Problems));
    }

    [Fact]
    public void Find_WhileTheFolderChanges_IsAlwaysOneWholeState()
    {
        const int Versions = 60;
        _folder.Write("a", "Version 1.");
        _folder.Write("b", "Version 1.");
        _catalog.Load();
        var done = 0;

        Parallel.Invoke(Read, Read, Change);

        Assert.Equal(Versions, _catalog.Find("a").Version);
        Assert.Equal(Versions - 1, _catalog.Taken);

        void Change()
        {
            for (var version = 2; version <= Versions; version++)
            {
                // A look between the two writes sees a state that never stands still.
                _folder.Write("a", $"Version {version}.", version);
                _catalog.Look();
                _folder.Write("b", $"Version {version}.", version);
                LookTwice();
            }

            Volatile.Write(ref done, 1);
        }

        void Read()
        {
            var last = 0;
            while (Volatile.Read(ref done) == 0)
            {
                var set = _catalog.Current;
                var (a, b) = (set.Find("a"), set.Find("b"));
                Assert.Equal((a.Text, a.Version, a.Digest), (b.Text, b.Version, b.Digest));
                Assert.Equal($"Version {Math.Max(1, a.Version)}.", a.Text);
                Assert.True(a.Version >= last);
                last = a.Version;
            }
        }
    }

    private void LookTwice()
    {
        _catalog.Look();
        _catalog.Look();
    }

    private PrincipleCatalog Catalog(string? folder) => new(
        Options.Create(new GatewayOptions { PrinciplesFolder = folder }),
        LoggerFactory.Create(logging => logging.AddProvider(_log)).CreateLogger<PrincipleCatalog>());
}
