using System.Globalization;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Processes;

/// <summary>Handlers that another user could replace do not run.</summary>
public sealed class HandlerFileTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string Script = "#!/bin/sh\necho good\n";
    private readonly StepRunnerFixture _steps = new();

    private string Handlers => _steps.Directory["handlers"];

    public void Dispose() => _steps.Dispose();

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public async Task Handler_that_other_users_can_write_does_not_run(UnixFileMode more)
    {
        string path = _steps.Handler("show.sh", Script, Private | more);
        StepResult result = await RunAsync(_steps);
        Assert.Equal(StepEnd.NotStarted, result.End);
        Assert.StartsWith($"{path} is writable by users other than its owner (mode 07", result.Fault, StringComparison.Ordinal);

        File.SetUnixFileMode(path, Private);
        File.SetUnixFileMode(Handlers, Private | more);
        Assert.StartsWith(
            $"{Handlers} is writable by users other than its owner", (await RunAsync(_steps)).Fault, StringComparison.Ordinal);
        File.SetUnixFileMode(Handlers, Private | more | UnixFileMode.StickyBit);
        Assert.StartsWith(
            $"{Handlers} is writable by users other than its owner", (await RunAsync(_steps)).Fault, StringComparison.Ordinal);
        File.SetUnixFileMode(Handlers, Private | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
        Assert.Equal("good", (await RunAsync(_steps)).StdOut);
    }

    [Fact]
    public async Task Parent_that_other_users_can_write_is_not_trusted_unless_it_is_sticky()
    {
        string above = _steps.Directory["above"];
        string directory = Path.Combine(above, "handlers");
        Directory.CreateDirectory(directory, Private);
        File.Move(_steps.Handler("show.sh", Script), Path.Combine(directory, "show.sh"));
        using StepRunnerFixture steps = new(with: o => o with { HandlerDirectory = directory });
        Assert.Equal("good", (await RunAsync(steps)).StdOut);
        File.SetUnixFileMode(above, Private | UnixFileMode.GroupWrite);
        Assert.StartsWith(
            $"{above} is writable by users other than its owner (mode 0720)", (await RunAsync(steps)).Fault, StringComparison.Ordinal);
        File.SetUnixFileMode(above, Private | UnixFileMode.GroupWrite | UnixFileMode.StickyBit);
        Assert.Equal("good", (await RunAsync(steps)).StdOut);
    }

    [RootFact]
    public async Task Handler_or_directory_of_another_user_is_not_trusted()
    {
        LocalUser nobody = LocalUser.Find("nobody")!;
        string path = _steps.Handler("show.sh", Script);
        await _steps.CommandAsync(["chown", "nobody", path]);
        Assert.Equal(
            $"{path} belongs to user {nobody.Id}, who can replace it; chown it to root or to the agent's user",
            (await RunAsync(_steps)).Fault);
        await _steps.CommandAsync(["chown", "root", path]);
        await _steps.CommandAsync(["chown", "nobody", Handlers]);
        Assert.StartsWith($"{Handlers} belongs to user {nobody.Id}", (await RunAsync(_steps)).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Link_to_a_file_outside_the_directory_is_refused()
    {
        string outside = _steps.Directory["outside.sh"];
        File.Move(_steps.Handler("show.sh", Script), outside);
        string link = Path.Combine(Handlers, "show.sh");
        File.CreateSymbolicLink(link, outside);
        Assert.Equal(
            $"{link} is a link to {outside}, outside {Handlers}; put the file itself into the directory", (await RunAsync(_steps)).Fault);

        // The same for a link to a directory.
        Directory.CreateSymbolicLink(Path.Combine(Handlers, "sub"), _steps.Directory["."]);
        StepResult below = await RunAsync(_steps, "sub/outside.sh");
        Assert.Contains($", outside {Handlers}; ", below.Fault, StringComparison.Ordinal);

        // A link to a file inside the directory is accepted.
        File.Delete(link);
        File.Move(outside, Path.Combine(Handlers, "real.sh"));
        File.CreateSymbolicLink(link, "real.sh");
        Assert.Equal("good", (await RunAsync(_steps)).StdOut);
    }

    [Fact]
    public async Task Strict_checks_every_directory_that_a_document_names()
    {
        string other = _steps.Directory["other"];
        Directory.CreateDirectory(other, Private);
        File.Move(_steps.Handler("show.sh", Script), Path.Combine(other, "show.sh"));
        File.SetUnixFileMode(other, Private | UnixFileMode.OtherWrite);
        Assert.Equal("good", (await RunAsync(_steps, path: other)).StdOut);
        using StepRunnerFixture strict = new(with: o => o with { Policy = new ExecutionPolicy { IsStrict = true, Users = ["root"] } });
        Assert.StartsWith(
            $"{other} is writable by users other than its owner", (await RunAsync(strict, path: other)).Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Only_the_checked_file_runs_while_the_handler_is_being_replaced(bool useCgroups)
    {
        // The second file is executable: it would run if the name were resolved again after the check of its mode.
        string good = _steps.Handler("good.sh", Script);
        string evil = _steps.Handler("evil.sh", "#!/bin/sh\necho evil\n", Private | UnixFileMode.OtherWrite);
        string path = Path.Combine(Handlers, "show.sh");
        File.Copy(good, path);
        using StepRunnerFixture strict = new(with: o => o with
        {
            HandlerDirectory = Handlers,
            Policy = new ExecutionPolicy { IsStrict = true, Users = ["root"] },
            UseCgroups = useCgroups,
        });
        string stop = _steps.Directory["stop"];
        Task<StepResult> swapping = _steps.ShellAsync(
            $"cd {Handlers}; while [ ! -e {stop} ]; do cp -p evil.sh a; mv -f a show.sh; cp -p good.sh b; mv -f b show.sh; done");
        int started = 0;
        int refused = 0;
        using CancellationTokenSource deadline = new(Wait.Deadline);
        while ((started < 30 || refused < 30) && !deadline.IsCancellationRequested)
        {
            StepResult result = await RunAsync(strict);
            started += result.End == StepEnd.Exited ? 1 : 0;
            refused += result.End == StepEnd.NotStarted ? 1 : 0;
            Assert.Equal(result.End == StepEnd.Exited ? "good" : "", result.StdOut);
        }

        await File.WriteAllTextAsync(stop, "");
        await swapping;
        Assert.True(
            started >= 30 && refused >= 30,
            string.Create(CultureInfo.InvariantCulture, $"{started} started, {refused} refused: the swapping was not seen"));
    }

    private static Task<StepResult> RunAsync(StepRunnerFixture steps, string handler = "show.sh",
        string path = StepAction.RunHandler.DefaultPath) =>
        steps.RunAsync(new StepPlan { Name = "n", Action = new StepAction.RunHandler(handler, [], path, true) });
}
