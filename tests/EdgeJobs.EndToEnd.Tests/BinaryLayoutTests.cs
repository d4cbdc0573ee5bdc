using System.Globalization;
using System.Text.RegularExpressions;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>How the system maps the native binaries, as readelf prints it.</summary>
public sealed partial class BinaryLayoutTests
{
    [Theory]
    [InlineData("x64")]
    [InlineData("arm64")]
    public async Task Is_position_independent(string binary)
    {
        Assert.Matches(@"Type: +DYN \(Position-Independent Executable file\)", await ReadElfAsync(binary, "--file-header"));

        // A text relocation would make the loader write to code.
        Assert.DoesNotContain("TEXTREL", await ReadElfAsync(binary, "--dynamic"), StringComparison.Ordinal);
    }

    /// <summary>
    /// The loader protects whole pages, and they must exist: a page after the end of the segment is not mapped, and the program does not
    /// start. (The loader under qemu-user does not notice.)
    /// </summary>
    [Theory]
    [InlineData("x64")]
    [InlineData("arm64")]
    public async Task Tables_of_the_linker_are_read_only(string binary)
    {
        const long Page = 0x1000;
        Assert.Matches(@"\(FLAGS\) +.*BIND_NOW", await ReadElfAsync(binary, "--dynamic"));
        List<Segment> segments = await SegmentsAsync(binary);
        Segment tables = Assert.Single(segments, segment => segment.Type == "GNU_RELRO");
        Assert.Equal("R", tables.Flags);
        Assert.True(tables.End % Page == 0, tables.ToString());
        Segment loaded = Assert.Single(segments, segment => segment.Type == "LOAD" && segment.Address == tables.Address);
        Assert.True(tables.End <= (loaded.End + Page - 1) / Page * Page, $"{tables} {loaded}");
    }

    [Theory]
    [InlineData("x64")]
    [InlineData("arm64")]
    public async Task Nothing_is_both_writable_and_executable(string binary)
    {
        List<Segment> segments = await SegmentsAsync(binary);

        Assert.Equal("RW", Assert.Single(segments, segment => segment.Type == "GNU_STACK").Flags);
        Assert.All(segments, segment => Assert.NotEqual("RWE", segment.Flags.Replace(" ", "", StringComparison.Ordinal)));
    }

    /// <summary>
    /// Kernels for ARM64 have pages of 4, 16 or 64 KB. A page that belongs to two segments can't have the access of both.
    /// </summary>
    [Theory]
    [InlineData("x64", 0x1000)]
    [InlineData("arm64", 0x10000)]
    public async Task No_page_belongs_to_two_segments(string binary, long page)
    {
        List<Segment> segments = await SegmentsAsync(binary);
        Segment[] loaded = [.. segments.Where(segment => segment.Type == "LOAD")];

        Assert.All(loaded, segment => Assert.True(segment.Alignment % page == 0, segment.ToString()));
        Assert.All(loaded, segment => Assert.True(segment.Address % page == segment.Offset % page, segment.ToString()));
        Assert.All(
            loaded.Zip(loaded.Skip(1)),
            pair => Assert.True((pair.First.Address + pair.First.Bytes - 1) / page < pair.Second.Address / page, pair.ToString()));
    }

    private static async Task<List<Segment>> SegmentsAsync(string binary) =>
    [
        .. SegmentLine().Matches(await ReadElfAsync(binary, "--program-headers")).Select(line => new Segment(
            line.Groups["type"].Value,
            Hexadecimal(line, "offset"),
            Hexadecimal(line, "address"),
            Hexadecimal(line, "bytes"),
            line.Groups["flags"].Value.Trim(),
            Hexadecimal(line, "alignment"))),
    ];

    private static async Task<string> ReadElfAsync(string binary, string option)
    {
        ChildResult result = await ChildProcess.RunAsync("readelf", ["--wide", option, AgentBinary.Of(binary).File]);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result.Output;
    }

    private static long Hexadecimal(Match line, string group) =>
        long.Parse(line.Groups[group].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    // LOAD           0x000000 0x0000000000000000 0x0000000000000000 0x07f5c4 0x07f5c4 R   0x1000
    [GeneratedRegex(
        "^ +(?<type>[A-Z_]+) +0x(?<offset>[0-9a-f]+) 0x(?<address>[0-9a-f]+) 0x[0-9a-f]+ 0x[0-9a-f]+ 0x(?<bytes>[0-9a-f]+) "
            + "(?<flags>[RWE ]{3}) (0x)?(?<alignment>[0-9a-f]+)",
        RegexOptions.Multiline)]
    private static partial Regex SegmentLine();

    private sealed record Segment(string Type, long Offset, long Address, long Bytes, string Flags, long Alignment)
    {
        public long End => Address + Bytes;
    }
}
