using System.Text;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Tests.Processes;

namespace EdgeJobs.Runtime.Tests.Linux;

/// <summary>Files that the kernel does not run: the step does not start, the shell does not run them, and the reason is reported.</summary>
public sealed class ProgramFileTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly StepRunnerFixture _steps = new();

    public static TheoryData<string, bool, bool> Cases
    {
        get
        {
            TheoryData<string, bool, bool> cases = [];
            foreach (string name in Files.Keys)
            {
                // As a command and as a handler, started by the agent itself and by its launcher.
                cases.Add(name, false, false);
                cases.Add(name, false, true);
                cases.Add(name, true, false);
                cases.Add(name, true, true);
            }

            return cases;
        }
    }

    private static Dictionary<string, (byte[] Content, string Reason)> Files { get; } = new()
    {
        ["empty"] = ([], "the file is empty; install it again"),
        ["another machine"] = (Elf(machine: 20), "it is a program for PowerPC, and this board is "),
        ["unknown machine"] = (Elf(machine: 4711), "it is a program for another machine (number 4711), and this board is "),
        ["cut before the machine"] = (Elf(machine: 20)[..12], "it is a damaged program; install it again"),
        ["cut in the header"] = ([.. File.ReadAllBytes("/bin/true").Take(40)], "it is a damaged program; install it again"),
        ["binary"] = ([1, 2, 0, 3], "it is neither a program nor a script"),
        ["text with a null"] = (Encoding.ASCII.GetBytes("echo hello\0\n"), "it is neither a program nor a script"),
        ["no interpreter"] = (Encoding.ASCII.GetBytes("#!/no/such/shell -e\n:\n"),
        "the interpreter that its first line names is missing or can't be run: /no/such/shell"),
        ["carriage return"] = (Encoding.ASCII.GetBytes("#!/bin/sh\r\necho hello\r\n"),
        "its first line ends with a carriage return; save the file with Unix line endings"),
        ["empty first line"] = (Encoding.ASCII.GetBytes("#! \n:\n"), "its first line names no interpreter"),
    };

    public void Dispose() => _steps.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Invalid_program_is_not_started_and_the_reason_is_reported(string file, bool isHandler, bool isLaunched)
    {
        (byte[] content, string reason) = Files[file];
        string path = Put("tool", content);

        // Few descriptors: the launcher determines the reason before it sets the limits.
        StepResult result = await RunAsync(isHandler, isLaunched, openFiles: 5);
        string begin = isLaunched ? $"can't run {path} as the agent's user: " : $"can't start {path}: ";
        Assert.Equal(StepEnd.NotStarted, result.End);
        Assert.StartsWith(begin + reason, result.Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Script_without_interpreter_runs_in_the_shell(bool isHandler, bool isLaunched)
    {
        Put("tool", Encoding.ASCII.GetBytes("echo hello\n"));
        StepResult result = await RunAsync(isHandler, isLaunched);
        Assert.Equal((StepEnd.Exited, 0, "hello"), (result.End, result.Code, result.StdOut));
    }

    [Fact]
    public async Task Program_that_is_open_for_writing_is_not_started()
    {
        string path = Put("tool", File.ReadAllBytes("/bin/true"));
        using FileStream writing = File.OpenWrite(path);
        Assert.Equal($"can't start {path}: the file is open for writing", (await RunAsync(isHandler: false, isLaunched: false)).Fault);
    }

    [Fact]
    public async Task Directory_and_file_without_execute_permission_are_reported()
    {
        Directory.CreateDirectory(_steps.Directory["handlers/tool"], Private);
        Assert.EndsWith(
            "/tool is a directory, not a program", (await RunAsync(isHandler: false, isLaunched: false)).Fault, StringComparison.Ordinal);
        Assert.EndsWith(
            "/tool is a directory, not a program", (await RunAsync(isHandler: true, isLaunched: false)).Fault, StringComparison.Ordinal);
        Directory.Delete(_steps.Directory["handlers/tool"]);
        File.SetUnixFileMode(Put("tool", "echo hello\n"u8.ToArray()), UnixFileMode.UserRead);
        Assert.EndsWith(
            "/tool is not executable by the agent's user; chmod 700 it",
            (await RunAsync(isHandler: false, isLaunched: false)).Fault,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Sudo_gets_no_program_that_it_would_run_in_the_shell()
    {
        Assert.Equal("the file is empty; install it again", ProgramFile.FindFault([]));
        Assert.Null(ProgramFile.FindFault(null));
        Assert.Null(ProgramFile.FindFault("echo hello"u8.ToArray()));
        Assert.Null(ProgramFile.FindFault(File.ReadAllBytes("/bin/true")));
    }

    private static byte[] Elf(ushort machine)
    {
        byte[] header = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, .. new byte[57]];
        header[16] = 2;
        header[18] = (byte)machine;
        header[19] = (byte)(machine >> 8);
        return header;
    }

    [RootFact]
    public void Unreadable_binfmt_rules_are_no_error()
    {
        // Of mode 700.
        string rules = Directory.CreateTempSubdirectory().FullName;
        AsNobody.Run(() => Assert.True(ProgramFile.IsEmulated(rules)));
        Assert.False(ProgramFile.IsEmulated(rules));
        Directory.Delete(rules);
    }

    private string Put(string name, byte[] content)
    {
        string path = _steps.Directory[Path.Combine("handlers", name)];
        File.WriteAllBytes(path, content);
        File.SetUnixFileMode(path, Private);
        return path;
    }

    private async Task<StepResult> RunAsync(bool isHandler, bool isLaunched, int openFiles = 64)
    {
        StepLimits limits = isLaunched ? new StepLimits { OpenFiles = openFiles } : new StepLimits();
        using StepRunnerFixture steps = new(with: o => o with { HandlerDirectory = _steps.Directory["handlers"], Limits = limits });
        return await steps.RunAsync(new StepPlan
        {
            Name = "n",
            Action = isHandler ? new StepAction.RunHandler("tool", [], "default", PassesUser: false)
            : new StepAction.RunCommand([_steps.Directory["handlers/tool"]]),
        });
    }
}
