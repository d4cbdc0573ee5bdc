using System.Text;

namespace EdgeJobs.Runtime.Tests.Updates;

/// <summary>Archives that must not be installed.</summary>
internal static class HostileArchives
{
    private const string LeadsOut = "which leads out of its directory; pack it without absolute paths and '..'";
    private const string OnlyFiles = "; only files and directories are installed";
    private const string Damaged = "the archive is damaged: ";
    private const string NotValid = Damaged + "an extended header is not valid";

    /// <summary>The archives by their name, each with the message of the failure, in which '*' is any text.</summary>
    public static SortedDictionary<string, (Func<byte[]> Archive, string Message)> All => new(StringComparer.Ordinal)
    {
        ["symbolic link"] = (() => Tar(t => t.Link('2', "a", "/etc/passwd")), "the archive has a symbolic link, 'a'" + OnlyFiles),
        ["symbolic link below"] = (() => Tar(t => t.Link('2', "a", "b")), "the archive has a symbolic link, 'a'" + OnlyFiles),
        ["file through a link"] =
            (() => Tar(t => t.Link('2', "a", "/tmp").File("a/b")), "the archive has a symbolic link, 'a'" + OnlyFiles),
        ["link with a long target"] = (
            () => Tar(t => t.Entry('K', "././@LongLink", new byte[200]).Link('2', "a", "b")),
            "the archive has a symbolic link, 'a'" + OnlyFiles),
        ["hard link"] = (() => Tar(t => t.Link('1', "a", "/etc/passwd")), "the archive has a hard link, 'a'" + OnlyFiles),
        ["character device"] = (() => Tar(t => t.Entry('3', "a")), "the archive has a device, 'a'" + OnlyFiles),
        ["block device"] = (() => Tar(t => t.Entry('4', "a")), "the archive has a device, 'a'" + OnlyFiles),
        ["named pipe"] = (() => Tar(t => t.Entry('6', "a")), "the archive has a named pipe, 'a'" + OnlyFiles),
        ["contiguous file"] = (() => Tar(t => t.Entry('7', "a")), "the archive has an entry of the type '7', 'a'" + OnlyFiles),
        ["sparse file of GNU"] = (() => Tar(t => t.Entry('S', "a")), "the archive has a sparse file, 'a'" + OnlyFiles),
        ["sparse file of pax"] =
            (() => Tar(t => t.Pax("GNU.sparse.size=1").File("a")), "the archive has a sparse file" + OnlyFiles),
        ["volume"] = (() => Tar(t => t.Entry('V', "a")), "the archive has an entry of the type 'V', 'a'" + OnlyFiles),
        ["absolute path"] = (() => Tar(t => t.File("/etc/cron.d/a")), $"the archive has the path '/etc/cron.d/a', {LeadsOut}"),
        ["absolute directory"] = (() => Tar(t => t.Folder("//etc")), $"the archive has the path '//etc', {LeadsOut}"),
        ["climbing path"] = (() => Tar(t => t.File("../a")), $"the archive has the path '../a', {LeadsOut}"),
        ["climbing inside"] = (() => Tar(t => t.File("a/../../b")), $"the archive has the path 'a/../../b', {LeadsOut}"),
        ["climbing back"] = (() => Tar(t => t.File("a/../b")), $"the archive has the path 'a/../b', {LeadsOut}"),
        ["climbing directory"] = (() => Tar(t => t.Folder("..")), $"the archive has the path '..', {LeadsOut}"),
        ["climbing prefix"] = (
            () => Tar(t => t.Entry('0', "a", change: h => "../b"u8.CopyTo(h.AsSpan(345)))),
            $"the archive has the path '../b/a', {LeadsOut}"),
        ["climbing pax path"] = (() => Tar(t => t.Pax("path=../../a").File("a")), $"the archive has the path '../../a', {LeadsOut}"),
        ["absolute pax path"] = (() => Tar(t => t.Pax("path=/a").File("a")), $"the archive has the path '/a', {LeadsOut}"),
        ["climbing long name"] = (() => Tar(t => t.LongName("b/../../a").File("a")), $"the archive has the path 'b/../../a', {LeadsOut}"),
        ["long name after pax"] = (
            () => Tar(t => t.Pax("path=good").LongName("../a").File("a")), $"the archive has the path '../a', {LeadsOut}"),
        ["pax path for all"] = (
            () => Tar(t => t.Pax("path=../a", 'g').File("a")), Damaged + "a global header has the name or the size of an entry"),
        ["pax path with NUL"] = (() => Tar(t => t.Pax("path=a\0b").File("a")), Damaged + "a name has a NUL character"),
        ["pax length"] = (() => Tar(t => t.Entry('x', "p", "99 path=a\n"u8.ToArray()).File("a")), NotValid),
        ["pax without value"] = (() => Tar(t => t.Entry('x', "p", "8 path\n"u8.ToArray()).File("a")), NotValid),
        ["pax size"] = (() => Tar(t => t.Pax("size=-1").File("a")), Damaged + "a size is not valid"),
        ["pax huge size"] = (() => Tar(t => t.Pax("size=9000000000000000000").File("a")), "no room for the content of the archive: *"),
        ["pax too long"] = (() => Tar(t => t.Entry('x', "p", new byte[65_537])), Damaged + "an extended header is too long"),
        ["pax at the end"] = (() => Tar(t => t.File("a").Pax("path=b")), Damaged + "it ends after an extended header"),
        ["same file twice"] = (() => Tar(t => t.File("a").File("a")), "the archive has 'a' twice"),
        ["same path in other words"] = (() => Tar(t => t.File("a/b").File("./a//b")), "the archive has 'a/b' twice"),
        ["same directory twice"] = (() => Tar(t => t.Folder("a").Folder("a/")), "the archive has 'a' twice"),
        ["file as directory"] = (() => Tar(t => t.File("a").File("a/b")), "the archive has 'a/b' below a file"),
        ["directory as file"] = (() => Tar(t => t.File("a/b").File("a")), "the archive has 'a' twice"),
        ["name of the agent"] =
            (() => Tar(t => t.File(".edgejobs")), "the archive has '.edgejobs', a name that the agent uses; rename it"),
        ["size beyond the archive"] =
            (() => Tar(t => t.Entry('0', "a", size: "00000010000")), Damaged + "it ends in the middle of a file"),
        ["huge file in binary"] = (
            () => Tar(t => t.Entry('0', "a", change: h => ((byte[])[0x80, 0, 0, 0, 0x7F, 0, 0, 0, 0, 0, 0, 0]).CopyTo(h, 124))),
            "no room for the content of the archive: *"),
        ["huge number"] = (
            () => Tar(t => t.Entry('0', "a", change: h => h.AsSpan(124, 12).Fill(0xFF))), Damaged + "a number is not valid"),
        ["wrong number"] = (() => Tar(t => t.Entry('0', "a", size: "0000000009x")), Damaged + "a number is not valid"),
        ["directory with content"] =
            (() => Tar(t => t.Entry('5', "a", "x"u8.ToArray())), Damaged + "the directory 'a' has content"),
        ["file with the name of a directory"] = (() => Tar(t => t.File("a/")), Damaged + "the file 'a/' has the name of a directory"),
        ["file without name"] = (() => Tar(t => t.File(".")), Damaged + "a file has no name"),
        ["name that is too long"] = (() => Tar(t => t.LongName(new string('a', 256)).File("a")), "the archive has a path that is too *"),
        ["path that is too long"] = (
            () => Tar(t => t.LongName(string.Concat(Enumerable.Repeat("a/", 2001)) + "a").File("a")),
            "the archive has a path that is too long*"),
        ["name that is not UTF-8"] = (() => Tar(t => t.Entry('0', "a", change: h => h[0] = 0xFF)), Damaged + "a name is not valid UTF-8"),
        ["wrong checksum"] = (() => Change(Tar(t => t.File("a")), 0, (byte)'b'), Damaged + "the checksum of a header is wrong"),
        ["no archive"] = (() => Encoding.ASCII.GetBytes(new string('x', 2000)), Damaged + "a number is not valid"),
        ["empty file"] = (() => [], Damaged + "it ends too early"),
        ["empty archive"] = (() => Tar(t => t), "the archive is empty"),
        ["no end"] = (() => new TarBuilder().File("a").Build(hasEnd: false), Damaged + "it ends too early"),
        ["end in a header"] = (() => new TarBuilder().File("a").Build(hasEnd: false)[..700], Damaged + "it ends in the middle of a file"),
        ["end in a file"] = (() => Tar(t => t.File("a", new string('x', 5000)))[..1000], Damaged + "it ends in the middle of a file"),
        ["more after the end"] = (() => [.. Tar(t => t.File("a")), .. Tar(t => t.File("../b"))], Damaged + "it continues after its end"),
        ["gzip cut off"] = (() => TarBuilder.Gzip(Large())[..3000], "*pump.tar can't be decompressed: gzip: *unexpected end of file*"),
        ["gzip with garbage"] = (
            () => [0x1F, 0x8B, 8, 0, .. new byte[500].Select(_ => (byte)0xA5)], "*pump.tar can't be decompressed: gzip: *"),
        ["gzip with a wrong sum"] = (
            () => Change(TarBuilder.Gzip(Large()), ^5, 0x55), "*pump.tar can't be decompressed: gzip: *crc error*"),
        ["gzip twice"] = (() => TarBuilder.Gzip(TarBuilder.Gzip(Large())), Damaged + "a number is not valid"),
        ["xz with garbage"] = (
            () => [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, 9, 9, 9, 9, 9, 9, 9], "*pump.tar can't be decompressed: xz: *"),
        ["zstd with garbage"] = (() => [0x28, 0xB5, 0x2F, 0xFD, 9, 9, 9, 9, 9, 9, 9], "*pump.tar can't be decompressed: *"),
        ["link in gzip"] = (
            () => TarBuilder.Gzip(Tar(t => t.File("a", new string('x', 500_000)).Link('2', "b", "/").File("c", new string('y', 500_000)))),
            "the archive has a symbolic link, 'b'" + OnlyFiles),
    };

    private static byte[] Tar(Func<TarBuilder, TarBuilder> add) => add(new TarBuilder()).Build();

    private static byte[] Large()
    {
        StringBuilder text = new();
        for (int i = 0; i < 20_000; i++)
        {
            text.Append(i * 7919L % 104_729);
        }

        return Tar(t => t.File("a", text.ToString()));
    }

    private static byte[] Change(byte[] bytes, Index at, byte value)
    {
        bytes[at] = value;
        return bytes;
    }
}
