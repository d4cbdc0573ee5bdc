using System.Text;

namespace EdgeJobs.PowerCut.Tests.Disk;

/// <summary>What the model of the disk allows, and what it does not.</summary>
public sealed class DiskModelTests
{
    private readonly DiskModel _model = new();

    [Fact]
    public void A_flushed_file_in_a_flushed_directory_stays()
    {
        Make(Create("a"), Write("a", 0, "one"), Flush("a"), Flush(""));
        Assert.Equal(["a=one"], States());
    }

    [Fact]
    public void A_file_without_a_flush_of_its_directory_may_be_gone()
    {
        Make(Create("a"), Write("a", 0, "one"), Flush("a"));
        Assert.Equal(["", "a=one"], States());
    }

    [Fact]
    public void A_file_without_a_flush_may_be_empty_or_have_zeros()
    {
        Make(Create("a"), Flush(""), Write("a", 0, "one"));
        Assert.Equal(["a=", "a=000", "a=one"], States());
    }

    [Fact]
    public void A_rename_may_come_before_the_data()
    {
        Make(Create("a"), Write("a", 0, "old"), Flush("a"), Flush(""));
        Make(Create("a.new"), Write("a.new", 0, "new"), new DiskCall.Rename("a.new", "a"));
        string[] states = States();
        Assert.Contains("a=", states);
        Assert.Contains("a=old", states);
        Assert.Contains("a=new", states);
        Assert.DoesNotContain("", states);
    }

    [Fact]
    public void A_flushed_replacement_is_the_old_file_or_the_new_one()
    {
        Make(Create("a"), Write("a", 0, "old"), Flush("a"), Flush(""));
        Make(Create("a.new"), Write("a.new", 0, "new"), Flush("a.new"), new DiskCall.Rename("a.new", "a"));
        Assert.Equal(["a=new", "a=old"], States().Where(s => !s.Contains("a.new", StringComparison.Ordinal)));
        Make(Flush(""));
        Assert.Equal(["a=new"], States());
    }

    [Fact]
    public void A_write_tears_between_sectors_only()
    {
        string old = new('o', 1024);
        string one = new('n', 512);
        Make(Create("a"), Write("a", 0, old), Flush("a"), Flush(""), Write("a", 0, one + one));
        Assert.Equal([$"a={one}{one}", $"a={one}{old[512..]}", $"a={old[512..]}{one}", $"a={old}"], States());
    }

    [Fact]
    public void Later_writes_may_be_on_the_disk_without_earlier_ones()
    {
        Make(Create("a"), Write("a", 0, new string('o', 1024)), Flush("a"), Flush(""), Write("a", 0, "1"), Write("a", 600, "2"));
        Assert.Contains(States(), s => s["a=".Length] == 'o' && s["a=".Length + 600] == '2');
    }

    [Fact]
    public void Appended_records_may_be_parted_at_their_boundary()
    {
        // The earlier content is shorter than a sector: a longer one would put a boundary between the two records.
        Make(Create("a"), Write("a", 0, "old"), Flush("a"), Flush(""), Write("a", 3, "one"), Write("a", 6, "two"));
        Assert.Contains("a=old000two", States());
    }

    [Fact]
    public void Names_may_be_lost_together_with_their_directory()
    {
        Make(new DiskCall.CreateDirectory("d"), Create("d/a"), Write("d/a", 0, "one"), Flush("d/a"), Flush("d"));
        Assert.Equal(["", "d/=|d/a=one"], States());
        Make(Flush(""));
        Assert.Equal(["d/=|d/a=one"], States());
    }

    [Fact]
    public void A_removed_file_may_still_be_there()
    {
        Make(Create("a"), Write("a", 0, "one"), Flush("a"), Flush(""), new DiskCall.Remove("a"));
        Assert.Equal(["", "a=one"], States());
    }

    [Fact]
    public void A_truncated_file_may_have_either_size_and_zeros_where_it_was_cut_off()
    {
        Make(Create("a"), Write("a", 0, "one"), Flush("a"), Flush(""), new DiskCall.Truncate("a", 1));
        Assert.Equal(["a=o", "a=o00", "a=one"], States());
    }

    private static DiskCall.CreateFile Create(string path) => new(path);

    private static DiskCall.Write Write(string path, long offset, string text) => new(path, offset, Encoding.ASCII.GetBytes(text));

    private static DiskCall.Flush Flush(string path) => new(path);

    private void Make(params DiskCall[] calls)
    {
        foreach (DiskCall call in calls)
        {
            _model.Apply(call);
        }
    }

    /// <summary>The distinct states as text, sorted; NUL is shown as 0.</summary>
    private string[] States() =>
    [
        .. _model.Images([.. _model.Nodes().Select(n => (n, int.MaxValue))], samples: 50, new Random(1))
            .Select(image => string.Join('|', image.Entries.Select(
                e => e.Content is null ? $"{e.Path}/=" : $"{e.Path}={Encoding.ASCII.GetString(e.Content).Replace('\0', '0')}")))
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];
}
