using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Tests.Processes;

public sealed class HandlerTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string ShowArguments = "#!/bin/sh\nfor a in \"$@\"; do printf '[%s]' \"$a\"; done\n";
    private readonly StepRunnerFixture _steps = new();

    public void Dispose() => _steps.Dispose();

    [Fact]
    public async Task Handler_gets_the_user_first_and_then_its_arguments()
    {
        _steps.Handler("show.sh", ShowArguments);
        Assert.Equal("[][a][b c]", (await RunAsync("show.sh", "default", ["a", "b c"], null)).StdOut);
        Assert.Equal("[root][a]", (await RunAsync("show.sh", "default", ["a"], "root")).StdOut);
        Assert.Equal("[a]", (await RunAsync("show.sh", "default", ["a"], null, passesUser: false)).StdOut);
    }

    [Fact]
    public async Task Handler_is_found_in_its_directory_or_in_PATH()
    {
        string elsewhere = _steps.Directory["elsewhere"];
        Directory.CreateDirectory(elsewhere);
        File.Move(_steps.Handler("show.sh", ShowArguments), Path.Combine(elsewhere, "show.sh"));
        Assert.Equal("[][a]", (await RunAsync("show.sh", elsewhere, ["a"], null)).StdOut);
        Assert.Equal(" a", "" + (await RunAsync("echo", null, ["a"], null, passesUser: true)).StdOut.PadLeft(2));
    }

    [Fact]
    public async Task Missing_or_not_executable_handler_is_reported()
    {
        StepResult missing = await RunAsync("none.sh", "default", [], null);
        Assert.Equal((StepEnd.NotStarted, $"{_steps.Directory["handlers"]}/none.sh does not exist"), (missing.End, missing.Fault));
        _steps.Handler("plain.sh", ShowArguments, UnixFileMode.UserRead);
        StepResult plain = await RunAsync("plain.sh", "default", [], null);
        Assert.Equal($"{_steps.Directory["handlers"]}/plain.sh is not executable by the agent's user; chmod 700 it", plain.Fault);
    }

    [Theory]
    [InlineData("../evil.sh")]
    [InlineData("/bin/sh")]
    [InlineData("a/../../evil.sh")]
    public async Task A_handler_does_not_lead_out_of_its_directory(string handler)
    {
        StepResult result = await RunAsync(handler, "default", [], null);
        Assert.Equal(
            (StepEnd.NotStarted, $"the handler '{handler}' is outside {_steps.Directory["handlers"]}; give a file name"),
            (result.End, result.Fault));
    }

    [Fact]
    public async Task A_handler_directory_that_is_missing_is_named()
    {
        Directory.Delete(_steps.Directory["handlers"]);
        StepResult result = await RunAsync("show.sh", "default", [], null);
        Assert.Equal(
            $"the handler directory {_steps.Directory["handlers"]} does not exist; create it with mode 700, or set --handler_dir",
            result.Fault);
    }

    [Fact]
    public async Task Script_finds_files_next_to_itself()
    {
        _steps.Handler("lib.sh", "greeting=hello\n", UnixFileMode.UserRead);
        _steps.Handler(
            "use.sh",
            "#!/bin/sh\n. \"$(dirname \"$0\")/lib.sh\"\necho $greeting $(basename \"$0\"); readlink -f \"$0\"; echo $EDGEJOBS_HANDLER\n");
        string path = $"{_steps.Directory["handlers"]}/use.sh";
        Assert.Equal($"hello use.sh | {path} | {path}", (await RunAsync("use.sh", "default", [], null)).StdOut);
        _steps.Handler("plain.sh", "echo plain \"$2\"; . \"$(dirname \"$0\")/lib.sh\"; echo $greeting\n");
        Assert.Equal("plain b | hello", (await RunAsync("plain.sh", "default", ["b"], null)).StdOut);
    }

    [Fact]
    public async Task Handler_can_be_a_native_program()
    {
        File.Copy("/bin/echo", Path.Combine(_steps.Directory["handlers"], "say"));
        Assert.Equal("hello", (await RunAsync("say", "default", ["hello"], null, passesUser: false)).StdOut);
    }

    private Task<StepResult> RunAsync(string handler, string? path, string[] arguments, string? user, bool passesUser = true) =>
        _steps.RunAsync(new StepPlan
        {
            Name = "n",
            Action = new StepAction.RunHandler(handler, arguments, path, passesUser),
            RunAsUser = user
        });
}
