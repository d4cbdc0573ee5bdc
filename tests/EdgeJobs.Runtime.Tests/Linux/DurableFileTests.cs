using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Tests.Processes;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Linux;

public sealed class DurableFileTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    private string File => _directory["file"];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Replacement_is_complete_and_private_and_leaves_nothing_else(bool mustLast)
    {
        DurableFile.Replace(File, "a first, longer content"u8, mustLast);
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        DurableFile.Replace(File, "second"u8, mustLast);
        Assert.Equal("second", System.IO.File.ReadAllText(File));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        Assert.Equal([File], Directory.GetFileSystemEntries(_directory.Path));
    }

    [Theory]
    [InlineData("file")]
    [InlineData("file.new")]
    public void Symbolic_links_are_replaced_and_not_followed(string name)
    {
        string victim = _directory.Write("victim", "precious");
        System.IO.File.CreateSymbolicLink(_directory[name], victim);
        DurableFile.Replace(File, "content"u8, mustLast: true);
        Assert.Equal(("precious", "content"), (System.IO.File.ReadAllText(victim), System.IO.File.ReadAllText(File)));
        Assert.Null(new FileInfo(File).LinkTarget);
    }

    [Fact]
    public void Directory_that_is_a_symbolic_link_or_missing_is_refused()
    {
        Directory.CreateDirectory(_directory["real"]);
        Directory.CreateSymbolicLink(_directory["link"], _directory["real"]);
        Assert.ThrowsAny<IOException>(() => DurableFile.Replace(_directory["link/file"], "content"u8, mustLast: true));
        Assert.Empty(Directory.GetFileSystemEntries(_directory["real"]));
        AssertFault(_directory["none/file"], "its directory does not exist; create it");
    }

    [Theory]
    [InlineData("file.new")] // Its name can't be removed.
    [InlineData("file")] // Nothing can be renamed over it.
    public void Directory_in_the_place_of_a_file_is_a_fault_and_the_next_replacement_works(string name)
    {
        Directory.CreateDirectory(_directory[name]);
        AssertFault(File, "it is a directory; move it away");
        Directory.Delete(_directory[name]);
        DurableFile.Replace(File, "content"u8, mustLast: true);
        Assert.Equal("content", System.IO.File.ReadAllText(File));
    }

    [RootFact]
    public void Full_disk_leaves_the_old_file()
    {
        string disk = Directory.CreateDirectory(_directory["disk"]).FullName;
        if (SmallDisk.TryMount(disk))
        {
            using SmallDisk mounted = new(disk);
            string file = Path.Combine(disk, "file");
            DurableFile.Replace(file, "old"u8, mustLast: true);
            Assert.EndsWith(
                "can't be written: no space is left on the disk; free some",
                Assert.Throws<IOException>(() => DurableFile.Replace(file, new byte[2 * 1024 * 1024], mustLast: true)).Message,
                StringComparison.Ordinal);
            Assert.Equal("old", System.IO.File.ReadAllText(file));
        }
    }

    [Fact]
    public void Error_leaves_no_descriptor_and_success_leaves_the_new_file_open_at_its_end()
    {
        int directory = Libc.Open(_directory.Path, Libc.OpenReadOnly | Libc.CloseOnExec, 0);
        Directory.CreateDirectory(File);
        Assert.Equal((21, -1), (DurableFile.Replace(directory, "file", "new"u8, mustLast: true, out int descriptor), descriptor));
        Directory.Delete(File);
        Assert.Equal(0, DurableFile.Replace(directory, "file", "one,"u8, mustLast: true, out descriptor));
        Assert.Equal(0, DurableFile.WriteAll(descriptor, "two"u8));
        Assert.Equal("one,two", System.IO.File.ReadAllText(File));
        Libc.CloseAll(descriptor, directory);
    }

    private static void AssertFault(string file, string fault) => Assert.Equal(
        $"{file}: can't be written: {fault}", Assert.Throws<IOException>(() =>
        DurableFile.Replace(file, "content"u8, mustLast: true)).Message);
}
