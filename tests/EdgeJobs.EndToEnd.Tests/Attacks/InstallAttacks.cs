using System.Text.Json.Nodes;
using EdgeJobs.Runtime.Tests.Updates;

namespace EdgeJobs.EndToEnd.Tests.Attacks;

/// <summary>Installations of wrong archives, and in places where they must not go.</summary>
internal static class InstallAttacks
{
    private const UnixFileMode ForAll = (UnixFileMode)0x1B6;
    private const string OtherVersion =
        Answers.Input + "version: must be a version of up to 100 letters, digits and '.', '_', '+', '~', '-', such as 2.1";

    public static IReadOnlyList<Attack> Rows =>
    [
        New("none; the version is installed", "SUCCEEDED", (_, _) => { }),
        New("none, below targetRoots", "SUCCEEDED", (_, _) => { }, AttackBoard.Limited),
        New("none, with a required signature", "SUCCEEDED", (_, _) => { }, AttackBoard.Signed),
        .. HostileArchives.All.Select(row => New(
            $"archive: {row.Key}", $"FAILED {row.Value.Message.Replace("*pump.tar", "DIR/pump.tar", StringComparison.Ordinal)}",
            (s, i) => s.Use(i, row.Value.Archive()))),
        New(
            "archive: bomb in gzip",
            "FAILED no room for the content of the archive: more than the * free bytes of the disk; free some",
            (s, i) => s.Use(i, TarBuilder.Gzip(
            new TarBuilder().Pax("size=900000000000000").Entry('0', "a", new byte[20_000_000]).Build()))),

        New(
            "the archive was changed; it has a checksum",
            "FAILED the SHA-256 of DIR/pump.tar is SUM instead of SUM; nothing is changed",
            (s, i) =>
        {
            i.Remove("signature");
            File.WriteAllBytes(s["pump.tar"], DownloadAttacks.Changed(s.Content));
        }),
        New("the archive was changed; it has a signature", Answers.NotSigned("ecdsa-sha256"), (s, i) =>
        {
            i.Remove("sha256");
            File.WriteAllBytes(s["pump.tar"], DownloadAttacks.Changed(s.Content));
        }),
        New(
            "the checksum is that of another file",
            "FAILED the SHA-256 of DIR/pump.tar is SUM instead of SUM; nothing is changed",
            (_, i) => i["sha256"] = new string('0', 64)),
        New("the checksum is garbage", Answers.Sum, (_, i) => i["sha256"] = "garbage"),
        New(
            "the checksum is misspelt",
            Answers.Input + "sha-256: an install has no such member; its members are *",
            (_, i) => i["sha-256"] = i["sha256"]!.DeepClone()),
        New(
            "there is no signature, and one is required",
            "REJECTED installation of DIR/opt/2.0" + Answers.Unsigned,
            (_, i) => i.Remove("signature"), AttackBoard.Signed),
        New(
            "the signature is empty, and one is required",
            "REJECTED installation of DIR/opt/2.0" + Answers.Unsigned,
            (_, i) => i["signature"] = "", AttackBoard.Signed),
        New("the signature is not base64", Answers.Signature, (_, i) => i["signature"] = "garbage!"),
        New(
            "the signature is a URL",
            Answers.Input + "signature: must be the signature in base64; an install requests no URL",
            (s, i) => i["signature"] = s.Url),
        New(
            "the signature is that of an unknown key",
            Answers.NotSigned("ecdsa-sha256"),
            (s, i) => i["signature"] = Convert.ToBase64String(s.Keys.SignAsStranger(s.Content))),
        New(
            "the signature is RSA, the algorithm ECDSA",
            Answers.NotSigned("ecdsa-sha256"),
            (s, i) => i["signature"] = Convert.ToBase64String(s.Keys.SignWithRsa(s.Content))),
        New(
            "the archive does not exist",
            "FAILED DIR/pump.tar does not exist; download it in a step before this one",
            (s, _) => File.Delete(s["pump.tar"])),
        New("the archive is a symbolic link", "FAILED DIR/pump.tar is a symbolic link; name the file itself", (s, _) =>
        {
            File.Move(s["pump.tar"], s["other.tar"]);
            File.CreateSymbolicLink(s["pump.tar"], s["other.tar"]);
        }),
        New("the archive is a directory", "FAILED DIR/opt is a directory; name a file in it", (s, i) => i["archive"] = s["opt"]),
        New("the archive is a named pipe", "FAILED DIR/pump.tar is a named pipe, not a regular file; choose another path", (s, _) =>
        {
            File.Delete(s["pump.tar"]);
            AttackSite.MakePipe(s["pump.tar"]);
        }),
        New(
            "the archive is a device",
            "FAILED /dev/zero is a device, not a regular file; choose another path",
            (_, i) => i["archive"] = "/dev/zero"),
        New(
            "the archive can be changed by others",
            "FAILED DIR/pump.tar can be changed by users other than the agent's (mode 0666, owner *); download it *",
            (s, _) => File.SetUnixFileMode(s["pump.tar"], ForAll)),
        New(
            "the archive is relative",
            Answers.Input + "archive: 'pump.tar' is not an absolute path; it must start with /",
            (_, i) => i["archive"] = "pump.tar"),
        New(
            "the archive climbs",
            Answers.Input + "archive: 'DIR/opt/../pump.tar'" + Answers.Parts,
            (s, i) => i["archive"] = s["opt/../pump.tar"]),

        New(
            "the directory is outside targetRoots",
            "REJECTED the target OUTSIDE" + Answers.Roots,
            (s, i) => i["directory"] = s.Outside, AttackBoard.Limited),
        New(
            "the directory climbs out of targetRoots",
            Answers.Input + "directory: 'DIR/../../out'" + Answers.Parts,
            (s, i) => i["directory"] = $"{s.Inside}/../../out", AttackBoard.Limited),
        New("no directory is allowed", "REJECTED the target /opt" + Answers.Roots, (_, i) => i["directory"] = "/opt", AttackBoard.Listed),
        New("the directory is a symbolic link", "FAILED DIR/link" + Answers.Link, (s, i) =>
        {
            File.CreateSymbolicLink(s["link"], s.Outside);
            i["directory"] = s["link"];
        }, AttackBoard.Limited),
        New("a symbolic link is above the directory", "FAILED DIR/link" + Answers.Link, (s, i) =>
        {
            Directory.CreateDirectory(s.Outside + "/opt");
            File.CreateSymbolicLink(s["link"], s.Outside);
            i["directory"] = s["link/opt"];
        }, AttackBoard.Limited),
        New(
            "the directory is a file",
            "FAILED DIR/pump.tar is not a directory; choose another path",
            (s, i) => i["directory"] = s["pump.tar"]),
        New("the directory is a named pipe", "FAILED DIR/pipe is not a directory; choose another path", (s, i) =>
        {
            AttackSite.MakePipe(s["pipe"]);
            i["directory"] = s["pipe"];
        }),
        New(
            "the directory can be changed by others",
            "FAILED DIR/opt can be changed by users other than the agent's (mode 0777, owner *), who could exchange *",
            (s, _) => File.SetUnixFileMode(s["opt"], (UnixFileMode)0x1FF)),
        New(
            "the directory ends with '/'",
            Answers.Input + "directory: 'DIR/opt/' ends with '/'; remove it",
            (s, i) => i["directory"] = s["opt/"]),
        New(
            "a file is in the place of the link",
            "FAILED DIR/opt/current is a file, not a symbolic link to a version; move it away",
            (s, _) =>
        {
            File.Delete(s["opt/current"]);
            File.WriteAllText(s["opt/current"], "");
        }),
        New(
            "a directory is in the place of the link",
            "FAILED DIR/opt/current is a directory, not a symbolic link to a version; move it away",
            (s, _) =>
        {
            File.Delete(s["opt/current"]);
            Directory.CreateDirectory(s["opt/current"]);
        }),
        New("the link leads to other files", "SUCCEEDED", (s, _) =>
        {
            File.Delete(s["opt/current"]);
            File.CreateSymbolicLink(s["opt/current"], s.Outside);
        }),
        New(
            "a symbolic link has the name of the version",
            "FAILED DIR/opt/2.0 exists and was not installed by the agent; move it away, or choose another version",
            (s, _) => File.CreateSymbolicLink(s["opt/2.0"], s.Outside)),
        New("a symbolic link has the name of the unfinished version", "SUCCEEDED", (s, _) =>
            File.CreateSymbolicLink(s["opt/.2.0.new"], s.Outside)),
        New("a symbolic link has the name of the unfinished link", "SUCCEEDED", (s, _) =>
            File.CreateSymbolicLink(s["opt/.current.new"], s.Outside)),
        New(
            "the version is there, and not from an archive",
            "FAILED DIR/opt/1.0 exists and was not installed by the agent; move it away, or choose another version",
            (_, i) => i["version"] = "1.0"),
        New("'before' exchanges the directory for a symbolic link", "SUCCEEDED", (s, i) => i["before"] =
            new JsonArray("sh", "-c", $"mv {s["opt"]} {s["moved"]} && ln -s {s.Outside} {s["opt"]}")) with { ChangesOwnFiles = true },
        New(
            "'before' is not in commands",
            Answers.NotIn("commands", "the command /usr/bin/sh"),
            (_, i) => i["before"] = new JsonArray("sh", "-c", "true"), AttackBoard.Listed),
        New(
            "'after' is not in commands",
            Answers.NotIn("commands", "the command /bin/sh"),
            (_, i) => i["after"] = new JsonArray("/bin/sh", "-c", "true"), AttackBoard.Listed),
        New(
            "a unit is an option",
            Answers.Input + "units[0]: must be the name of a systemd unit, such as pump.service",
            (_, i) => i["units"] = new JsonArray("--host=evil.service")),
        New(
            "a unit is a path",
            Answers.Input + "units[0]: must be the name of a systemd unit, such as pump.service",
            (_, i) => i["units"] = new JsonArray("../../etc/evil.service")),
        New(
            "runAsUser",
            Answers.Action + "runAsUser: an install runs its programs as the agent's user; remove it",
            (_, _) => { }) with { Member = ("runAsUser", "root") },

        Version("the version is 'current'", OtherVersion, "current"),
        Version("the version is '..'", OtherVersion, ".."),
        Version("the version is '.'", OtherVersion, "."),
        Version("the version is empty", Answers.Input + "version: is empty; it must be the name of the version, such as 2.1", ""),
        Version("the version climbs", OtherVersion, "../2.0"),
        Version("the version has a directory", OtherVersion, "a/b"),
        Version("the version is absolute", OtherVersion, "/etc"),
        Version("the version is hidden", OtherVersion, ".2.0.new"),
        Version("the version is an option", OtherVersion, "-rf"),
        Version("the version has a blank", OtherVersion, "2.0 "),
        Version("the version has a line break", OtherVersion, "2.0\n"),
        Version(
            "the version has a NUL character",
            Answers.Input + "version: contains a NUL character, which can't be passed to a program",
            "2.0\0"),
        Version("the version has other digits", OtherVersion, "２.0"),
        Version("the version has 101 characters", OtherVersion, new string('2', 101)),
    ];

    private static Attack Version(string name, string answer, string version) => New(name, answer, (_, i) => i["version"] = version);

    private static Attack New(string name, string answer, Action<AttackSite, JsonObject> change, AttackBoard? board = null) =>
        new("install", name, board ?? AttackBoard.Open, answer, change);
}
