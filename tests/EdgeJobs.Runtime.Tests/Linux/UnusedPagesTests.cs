using System.Text;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Tests.Linux;

/// <summary>Which mappings can be released without losing data.</summary>
public sealed class UnusedPagesTests
{
    [Theory]
    [InlineData("r-xp", "/usr/bin/edgejobs", 0, true)]
    [InlineData("r--p", "/usr/bin/edgejobs", 0, true)]
    [InlineData("r--p", "/usr/lib/aarch64-linux-gnu/libcrypto.so.3", 0, true)]
    [InlineData("r-xp", "/usr/lib/aarch64-linux-gnu/libssl.so.1.1", 0, true)]
    [InlineData("r-xp", "/usr/lib/aarch64-linux-gnu/libc.so.6", 0, true)]
    [InlineData("r-xp", "/lib/ld-linux-aarch64.so.1", 0, true)]
    [InlineData("r--p", "/usr/bin/edgejobs", 4, false)] // Relocated when it was loaded.
    [InlineData("rw-p", "/usr/bin/edgejobs", 0, false)]
    [InlineData("r--s", "/usr/bin/edgejobs", 0, false)]
    [InlineData("r-xp", "/opt/edgejobs", 0, false)]
    [InlineData("r-xp", "/usr/lib/aarch64-linux-gnu/libnss_dns.so.2", 0, false)] // May be on its way in.
    [InlineData("r--p", "[vvar]", 0, false)]
    [InlineData("rw-p", "", 0, false)]
    public void Mapping_qualifies_by_its_file_and_written_pages(string access, string file, int anonymous, bool isFound)
    {
        (nuint Start, nuint Length)[] found = Find(
            Mapping("7f0000001000-7f0000005000", access, file, anonymous) + Mapping("7f00000a0000-7f00000b0000", "rw-p", "/x", 64));
        Assert.Equal(isFound ? [(unchecked((nuint)0x7f0000001000), (nuint)0x4000)] : [], found);
    }

    [Fact]
    public void Mappings_are_returned_in_order_up_to_the_capacity()
    {
        StringBuilder smaps = new();
        for (int i = 1; i <= 9; i++)
        {
            smaps.Append(Mapping($"{i}000-{i}800", "r-xp", "/usr/bin/edgejobs", 0));
        }

        (nuint Start, nuint Length)[] found = Find(smaps.ToString());
        Assert.Equal(8, found.Length);
        Assert.All(found, r => Assert.Equal((nuint)0x800, r.Length));
        Assert.Equal([0x1000, 0x2000, 0x3000, 0x4000, 0x5000, 0x6000, 0x7000, 0x8000], found.Select(r => (int)r.Start));
    }

    [Fact]
    public void Truncated_mapping_is_ignored()
    {
        string mapping = Mapping("1000-2000", "r-xp", "/usr/bin/edgejobs", 0);
        for (int length = 0; length < mapping.IndexOf(" 0 kB\nEnd", StringComparison.Ordinal) + 6; length++)
        {
            Assert.Empty(Find(mapping[..length]));
        }
    }

    private static (nuint Start, nuint Length)[] Find(string smaps)
    {
        (nuint Start, nuint Length)[] ranges = new (nuint, nuint)[8];
        int count = UnusedPages.Find(Encoding.UTF8.GetBytes(smaps), "/usr/bin/edgejobs"u8, ranges);
        return ranges[..count];
    }

    private static string Mapping(string range, string access, string file, int anonymous) =>
        $"{range} {access} 00000000 fe:00 1234                     {file}\nSize: 16 kB\nRss: 8 kB\nAnonymous:{anonymous,15} kB\nEnd\n";
}
