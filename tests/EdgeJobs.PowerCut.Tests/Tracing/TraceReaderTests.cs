using System.Text;
using EdgeJobs.PowerCut.Tests.Disk;

namespace EdgeJobs.PowerCut.Tests.Tracing;

/// <summary>Lines of strace become events, in the order in which they can be on the disk.</summary>
public sealed class TraceReaderTests
{
    private const string Start = "7 execve(\"\\x2f\", [], []) = 0";

    [Fact]
    public void Calls_in_the_directory_become_changes_of_the_disk()
    {
        Assert.Equal(
            [
                new DiskCall.CreateDirectory("d"), new DiskCall.CreateFile("d/a"), new DiskCall.Rename("d/a", "d/b"),
                new DiskCall.Flush("d"), new DiskCall.Remove("d/b"),
            ],
            Read(
                $"7 mkdir({Text("/disk/d")}, 0700) = 0",
                $"7 openat({At("/disk/d", 5)}, {Text("a")}, O_RDWR|O_CREAT|O_EXCL, 0600) = {At("/disk/d/a", 6)}",
                $"7 renameat({At("/disk/d", 5)}, {Text("a")}, {At("/disk/d", 5)}, {Text("b")}) = 0",
                $"7 fsync({At("/disk/d", 5)}) = 0",
                $"7 unlinkat({At("/disk/d", 5)}, {Text("b")}, 0) = 0"));
    }

    [Fact]
    public void Writes_continue_at_their_position()
    {
        DiskCall[] calls = Read(
            $"7 openat({At("/disk", 5)}, {Text("a")}, O_RDWR|O_CREAT, 0600) = {At("/disk/a", 6)}",
            $"7 write({At("/disk/a", 6)}, {Text("one")}, 3) = 3",
            $"7 write({At("/disk/a", 6)}, {Text("two")}, 3) = 3",
            $"7 pwrite64({At("/disk/a", 6)}, {Text("x")}, 1, 9) = 1",
            $"7 openat({At("/disk", 5)}, {Text("a")}, O_WRONLY|O_CREAT|O_APPEND, 0600) = {At("/disk/a", 8)}",
            $"7 write({At("/disk/a", 8)}, {Text("end")}, 3) = 3");
        Assert.Equal([0, 3, 9, 10], calls.OfType<DiskCall.Write>().Select(w => w.Offset));
    }

    [Fact]
    public void A_renamed_directory_takes_its_files_along()
    {
        DiskCall[] calls = Read(
            $"7 openat({At("/disk/d", 5)}, {Text("a")}, O_RDWR|O_CREAT, 0600) = {At("/disk/d/a", 6)}",
            $"7 write({At("/disk/d/a", 6)}, {Text("one")}, 3) = 3",
            $"7 rename({Text("/disk/d")}, {Text("/disk/e")}) = 0",
            $"7 openat({At("/disk/e", 5)}, {Text("a")}, O_WRONLY|O_CREAT|O_APPEND, 0600) = {At("/disk/e/a", 8)}",
            $"7 write({At("/disk/e/a", 8)}, {Text("end")}, 3) = 3");
        Assert.Equal(3, Assert.IsType<DiskCall.Write>(calls[^1]).Offset);
        Assert.Single(calls.OfType<DiskCall.CreateFile>());
    }

    [Fact]
    public void Failed_calls_and_other_directories_change_nothing() => Assert.Empty(Read(
        $"7 unlinkat({At("/disk", 5)}, {Text("a")}, 0) = -1 ENOENT (No such file or directory)",
        $"7 mkdir({Text("/other")}, 0700) = 0",
        $"7 mkdir({Text("/disk2")}, 0700) = 0"));

    [Fact]
    public void A_change_counts_from_its_beginning_and_a_flush_from_its_end()
    {
        Assert.Equal(
            [new DiskCall.CreateDirectory("a"), new DiskCall.CreateDirectory("b"), new DiskCall.Flush("")],
            Read(
                $"7 fsync({At("/disk", 5)} <unfinished ...>",
                $"8 mkdir({Text("/disk/a")}, 0700 <unfinished ...>",
                $"9 mkdir({Text("/disk/b")}, 0700) = 0",
                "8 <... mkdir resumed>) = 0",
                "7 <... fsync resumed>) = 0"));
    }

    [Theory]
    [InlineData("link")]
    [InlineData("renameat2")]
    [InlineData("copy_file_range")]
    public void A_call_that_the_model_does_not_know_is_an_error(string name) =>
        Assert.Throws<NotSupportedException>(() => Read($"7 {name}({Text("/disk/a")}, {Text("/disk/b")}) = 0"));

    [Fact]
    public void The_first_program_of_an_attempt_is_its_step()
    {
        string environment = $"[{Text("EDGEJOBS_JOB_ID=j")}, {Text("EDGEJOBS_STEP=2")}, {Text("EDGEJOBS_ATTEMPT=3")}]";
        IReadOnlyList<TraceEvent> events = new TraceReader("/disk").Read(
            [Start, $"8 execve({Text("/bin/sh")}, [], {environment}) = 0", $"9 execve({Text("/bin/true")}, [], {environment}) = 0"]);
        Assert.Equal([new TraceEvent.StepBegan("j", 2, 3)], events);
    }

    private static DiskCall[] Read(params string[] lines) =>
        [.. new TraceReader("/disk").Read([Start, .. lines]).OfType<TraceEvent.OnDisk>().Select(e => e.Call)];

    private static string Text(string text) => $"\"{Hex(text)}\"";

    private static string At(string path, int descriptor) => $"{descriptor}<{Hex(path)}>";

    private static string Hex(string text) =>
        string.Concat(Encoding.UTF8.GetBytes(text).Select(b => $"\\x{b:x2}"));
}
