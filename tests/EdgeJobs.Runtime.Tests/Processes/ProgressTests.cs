using System.Text;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Processes;

namespace EdgeJobs.Runtime.Tests.Processes;

public sealed class ProgressTests
{
    [Fact]
    public async Task Shell_script_reports_progress()
    {
        using StepRunnerFixture steps = new();
        string go = steps.Directory["go"];
        Task<StepResult> running = steps.ShellAsync(
            $"mkfifo {go}; echo percent=40 >&$EDGEJOBS_PROGRESS_FD; echo 'message=Unpacking é' >&3; read x < {go}; printf 'percent=100\\nbytes=12' >&3");
        await Until.TrueAsync(() => Latest(steps) is { Percent: 40, Message: "Unpacking é" }, "the progress while the step runs");
        await Until.TrueAsync(() => File.Exists(go), "the step's fifo");
        await File.WriteAllTextAsync(go, "\n");
        StepResult result = await running;
        Assert.Equal((StepEnd.Exited, 0, ""), (result.End, result.Code, result.StdErr));
        StepProgress last = Latest(steps)!;
        Assert.Equal((100, "Unpacking é", "12"), (last.Percent, last.Message, last.Values["bytes"]));
    }

    [Fact]
    public async Task Progress_is_read_to_the_last_byte_while_a_daemon_keeps_the_pipe_open()
    {
        using StepRunnerFixture steps = new();
        StepResult result = await steps.ShellAsync("sleep 1000 > /dev/null 2>&1 & echo $! ; i=0; while [ $i -lt 2000 ]; do echo \"count=$i.........................\"; i=$((i+1)); done >&3; echo percent=99 >&3");
        Assert.Equal(99, Latest(steps)!.Percent);
        _ = Libc.Kill(int.Parse(result.StdOut, System.Globalization.CultureInfo.InvariantCulture), Libc.SigKill);
    }

    [Theory]
    [InlineData("percent=40\n", "40")]
    [InlineData("percent=40%\n", "40")]
    [InlineData("percent=40.7\n", "40")]
    [InlineData("percent=0\r\n", "0")]
    [InlineData("percent=101\n", "bad: percent=101: percent must be a number from 0 to 100")]
    [InlineData("percent=-1\n", "bad: percent=-1: percent must be a number from 0 to 100")]
    [InlineData("percent=\n", "bad: percent=: percent must be a number from 0 to 100")]
    [InlineData("percent=4x\n", "bad: percent=4x: percent must be a number from 0 to 100")]
    [InlineData("message=a=b\u001b[1m!\u0007\n", "a=b!\uFFFD")]
    [InlineData("message=a\nmessage=b\n", "b")]
    [InlineData("a:b_c-9=x\n", "a:b_c-9=x")]
    [InlineData("a=1\na=\n", "a=")]
    [InlineData("a b=1\n", "bad: a b=1: a name must be 1 to 128 characters of [a-zA-Z0-9:_-]")]
    [InlineData("=1\n", "bad: =1: it is not NAME=value")]
    [InlineData("no line\n", "bad: no line: it is not NAME=value")]
    [InlineData("\n\n", "")]
    public void A_line_is_read_as_documented(string text, string expected) => Assert.Equal(expected, Read([Encoding.UTF8.GetBytes(text)]));

    [Fact]
    public void A_line_may_come_in_pieces_and_one_that_is_too_long_is_passed_over()
    {
        byte[] text = Encoding.UTF8.GetBytes($"x={new string('y', 5000)}\nmessage=é!\npercent=7");
        Assert.Equal($"bad: x={new string('y', 77)}…: it is longer than 1024 bytes;é!;7", Read([.. text.Select(b => (byte[])[b])]));
    }

    [Fact]
    public void Bad_lines_are_told_once_and_names_are_not_without_end()
    {
        string many = string.Concat(Enumerable.Range(0, 100).Select(i => $"k{i}=v\n")) + "bad\nk0=w\n";
        string read = Read([Encoding.UTF8.GetBytes(many)]);
        Assert.StartsWith("bad: k16=v: a step can use at most 16 names;k0=w;k1=v;", read, StringComparison.Ordinal);
        Assert.EndsWith("k15=v", read, StringComparison.Ordinal);
    }

    private static string Read(byte[][] parts)
    {
        List<string> told = [];
        ProgressList list = new();
        ProgressReader reader = new(list, (line, why) => told.Add($"bad: {line}: {why}"));
        foreach (byte[] part in parts)
        {
            reader.Append(part);
        }

        reader.End();
        foreach (StepProgress progress in list)
        {
            told.AddRange(((string?[])[progress.Message, progress.Percent?.ToString(System.Globalization.CultureInfo.InvariantCulture)])
                .OfType<string>());
            told.AddRange(progress.Values.Select(v => $"{v.Key}={v.Value}"));
        }

        return string.Join(';', told);
    }

    private static StepProgress? Latest(StepRunnerFixture steps) =>
        steps.Progress.Aggregate((StepProgress?)null, static (earlier, later) => later.After(earlier));
}
