using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Tests.Processes;

public sealed class StepOutputTests : IDisposable
{
    private readonly StepRunnerFixture _steps = new();

    public void Dispose() => _steps.Dispose();

    [Fact]
    public async Task Two_hundred_thousand_lines_are_read_to_the_last()
    {
        StepResult result = await _steps.ShellAsync("i=0; while [ $i -lt 200000 ]; do echo line $i; i=$((i+1)); done; exit 3");
        Assert.Equal((StepEnd.Exited, 3), (result.End, result.Code));
        Assert.EndsWith("line 199998 | line 199999", result.StdOut, StringComparison.Ordinal);
        Assert.InRange(result.StdOut.Length, 1000, 1024);
    }

    [Fact]
    public async Task A_megabyte_on_stderr_before_the_first_byte_on_stdout_blocks_nothing()
    {
        StepResult result = await _steps.ShellAsync("head -c 1048576 /dev/zero | tr '\\0' 'e' >&2; echo; echo done");
        Assert.Equal((StepEnd.Exited, 0, "done"), (result.End, result.Code, result.StdOut));
        Assert.Equal(new string('e', 1024), result.StdErr);
        Assert.Equal(1, result.StdErrLines);
    }

    [Fact]
    public async Task A_megabyte_on_stdout_before_the_first_byte_on_stderr_blocks_nothing()
    {
        StepResult result = await _steps.ShellAsync("head -c 1048576 /dev/zero | tr '\\0' 'o'; echo bad >&2; echo worse >&2");
        Assert.Equal(("bad | worse", 2), (result.StdErr, result.StdErrLines));
        Assert.Equal(new string('o', 1024), result.StdOut);
    }

    [Fact]
    public async Task Last_line_without_line_break_counts()
    {
        StepResult result = await _steps.ShellAsync("printf 'one\\ntwo' >&2");
        Assert.Equal(("one | two", 2), (result.StdErr, result.StdErrLines));
    }

    [Fact]
    public async Task Binary_output_is_no_error()
    {
        StepResult result = await _steps.ShellAsync("head -c 300000 /dev/urandom; head -c 300000 /dev/urandom >&2");
        Assert.Equal((StepEnd.Exited, 0), (result.End, result.Code));
        Assert.InRange(result.StdOut.Length, 100, 1024);
    }

    [Fact]
    public async Task Character_at_the_cut_or_between_two_reads_is_complete_or_dropped()
    {
        // Characters of three bytes after a single byte: no power of two is a character boundary.
        StepResult result = await _steps.ShellAsync(
            "printf x; i=0; while [ $i -lt 5000 ]; do printf '€'; i=$((i+1)); done; printf '\\342\\202'; sleep 0.05; printf '\\254'");
        Assert.Equal(new string('€', 1024), result.StdOut);
    }

    [Fact]
    public async Task Daemon_that_keeps_the_pipe_open_neither_delays_the_step_nor_gets_SIGPIPE()
    {
        string fifo = _steps.Directory["fifo"];
        string proof = _steps.Directory["proof"];

        // The leftover process writes to stdout after the step has ended, and then creates the proof.
        StepResult result = await _steps.ShellAsync(
            $"mkfifo {fifo}; (trap '' HUP; cat {fifo} > {proof}.in; echo from the daemon && echo alive > {proof}.part && mv {proof}.part {proof}) & echo started");
        Assert.Equal((StepEnd.Exited, 0, "started"), (result.End, result.Code, result.StdOut));
        await File.WriteAllTextAsync(fifo, "go on\n");
        await Until.TrueAsync(() => File.Exists(proof), "the daemon's proof that it has survived writing");
    }

    [Fact]
    public async Task A_step_reads_nothing_from_stdin()
    {
        StepResult result = await _steps.ShellAsync("cat; readlink /proc/self/fd/0");
        Assert.Equal("/dev/null", result.StdOut);
    }
}
