using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace EdgeJobs.EndToEnd.Tests.Attacks;

/// <summary>Downloads of wrong files, and to places where they must not go.</summary>
internal static class DownloadAttacks
{
    public static IReadOnlyList<Attack> Rows =>
    [
        New("none; the file arrives", "SUCCEEDED", (_, _) => { }),
        New("none, below targetRoots", "SUCCEEDED", (_, _) => { }, AttackBoard.Limited),
        New("none, with a required signature", "SUCCEEDED", (_, _) => { }, AttackBoard.Signed),
        New("none, over HTTP", "SUCCEEDED", (s, i) => i["url"] = s.PlainUrl, AttackBoard.Plain),

        New("the file was changed; it has a checksum", Answers.OtherSum, (s, i) =>
        {
            s.Serve(AttackServer.Response(Changed(s.Content)));
            i.Remove("signature");
        }),
        New("the file was changed; it has a signature", Answers.NotSigned("ecdsa-sha256"), (s, i) =>
        {
            s.Serve(AttackServer.Response(Changed(s.Content)));
            i.Remove("sha256");
        }),
        New("the file was changed on the way over HTTP", Answers.OtherSum, (s, i) =>
        {
            s.Serve(AttackServer.Response(Changed(s.Content)));
            i["url"] = s.PlainUrl;
        }, AttackBoard.Plain),
        New("the checksum is that of another file", Answers.OtherSum, (_, i) => i["sha256"] = new string('0', 64)),
        New("the checksum has 63 digits", Answers.Sum, (_, i) => i["sha256"] = new string('0', 63)),
        New("the checksum ends with a blank", Answers.Sum, (_, i) => i["sha256"] += " "),
        New("the checksum is not hexadecimal", Answers.Sum, (_, i) => i["sha256"] = new string('g', 64)),
        New("the checksum is SHA-1", Answers.Sum, (_, i) => i["sha256"] = new string('0', 40)),
        New("the checksum is a number", Answers.Input + "sha256: must be a string, not such a number", (_, i) => i["sha256"] = 0),
        New(
            "the checksum is misspelt",
            Answers.Input + "sha-256: a download has no such member; its members are *",
            (_, i) => i["sha-256"] = i["sha256"]!.DeepClone()),
        New(
            "the checksum is empty, and there is no signature or TLS",
            Answers.Input + "sha256: missing; without TLS, a download needs the checksum or the signature of the file",
            (s, i) =>
        {
            (i["url"], i["sha256"]) = (s.PlainUrl, "");
            i.Remove("signature");
        }, AttackBoard.Plain),
        New(
            "the file is longer than its size",
            "FAILED https://HOST/f: the file has 31 bytes instead of 30",
            (s, i) => i["size"] = s.Content.Length - 1),
        New(
            "the file is shorter than its size",
            "FAILED https://HOST/f: the file has 31 bytes instead of 32",
            (s, i) => i["size"] = s.Content.Length + 1),
        New(
            "the file is larger than the disk",
            "FAILED no room for the file in DIR: 1000000000000000 bytes are needed, and * are free; free some",
            (s, _) =>
            s.Serve("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000000\r\n\r\n"u8.ToArray())),
        New(
            "the file is encoded, and nothing checks it",
            "FAILED https://HOST/f: the server sends the file with Content-Encoding gzip though the agent accepts none; add *",
            (s, i) =>
        {
            s.Serve(AttackServer.Response(s.Content, "Content-Encoding: gzip\r\n"));
            i.Remove("sha256");
            i.Remove("signature");
        }),
        New(
            "the file has no end, and nothing checks it",
            "FAILED https://HOST/f: the server does not state where the file ends; add sha256, signature or size",
            (s, i) =>
        {
            s.Serve([.. "HTTP/1.0 200 OK\r\n\r\n"u8, .. s.Content]);
            i.Remove("sha256");
            i.Remove("signature");
        }),
        New(
            "the mode sets the user ID",
            Answers.Input + "mode: must be the permissions in octal, such as \"644\"",
            (_, i) => i["mode"] = "4755"),
        New(
            "the mode is not octal",
            Answers.Input + "mode: must be the permissions in octal, such as \"644\"",
            (_, i) => i["mode"] = "u+s"),
        New("the owner is not in users", Answers.NotIn("users", "the user nobody"), (_, i) => i["owner"] = "nobody", AttackBoard.Limited),
        New(
            "the owner does not exist",
            "FAILED the user 'no-such-user' does not exist on this board; create it, or remove owner from the document",
            (_, i) => i["owner"] = "no-such-user"),
        New(
            "runAsUser",
            Answers.Action + "runAsUser: a download runs no program; name the user that gets the file in input.owner",
            (_, _) => { }) with { Member = ("runAsUser", "root") },
        New(
            "environment",
            Answers.Action + "environment: a download runs no program; remove it",
            (_, _) => { }) with { Member = ("environment", new JsonObject { ["LD_PRELOAD"] = "/tmp/a.so" }) },

        New("the path is relative", Answers.Input + "path: 'f' is not an absolute path; it must start with /", (_, i) => i["path"] = "f"),
        New("the path is empty", Answers.Input + "path: is empty; it must be the absolute path of the file", (_, i) => i["path"] = ""),
        New("the path climbs", Answers.Input + "path: 'DIR/../f'" + Answers.Parts, (s, i) => i["path"] = s.Inside + "/../f"),
        New(
            "the path climbs out of targetRoots",
            Answers.Input + "path: 'DIR/../../out/attack-*'" + Answers.Parts,
            (s, i) => i["path"] = $"{s.Inside}/../../out/{s.Job}", AttackBoard.Limited),
        New("the path has '.'", Answers.Input + "path: 'DIR/./f'" + Answers.Parts, (s, i) => i["path"] = s.Inside + "/./f"),
        New("the path has '//'", Answers.Input + "path: 'DIR//f'" + Answers.Parts, (s, i) => i["path"] = s.Inside + "//f"),
        New(
            "the path is a directory by its name",
            Answers.Input + "path: 'DIR/' names a directory; name a file in it",
            (s, i) => i["path"] = s.Inside + "/"),
        New(
            "the path has a NUL character",
            Answers.Input + "path: contains a NUL character, which can't be passed to a program",
            (s, i) => i["path"] = s["f"] + "\0.txt"),
        New(
            "the path has a long name",
            Answers.Input + "path: 'DIR/aaaaaaaaaaaaaaaaaaaaaa…' has a name of more than 255 bytes",
            (s, i) => i["path"] = s[new string('a', 256)]),
        New(
            "the path is outside targetRoots",
            "REJECTED the target OUTSIDE/victim" + Answers.Roots,
            (s, i) => i["path"] = s.Victim, AttackBoard.Limited),
        New(
            "the path only begins like one of targetRoots",
            "REJECTED the target ROOT/in-2/f" + Answers.Roots,
            (s, i) => i["path"] = Path.GetDirectoryName(s.Inside) + "-2/f", AttackBoard.Limited),
        New(
            "the path is one of targetRoots",
            "REJECTED the target ROOT/in" + Answers.Roots,
            (s, i) => i["path"] = Path.GetDirectoryName(s.Inside), AttackBoard.Limited),
        New("a directory is in the way", "FAILED DIR/f is a directory; name a file in it", (s, _) => Directory.CreateDirectory(s["f"])),
        New(
            "a named pipe is in the way",
            "FAILED DIR/f is a named pipe, not a regular file; choose another path",
            (s, _) => AttackSite.MakePipe(s["f"])),
        New(
            "a device is in the way",
            "FAILED /dev/null is a device, not a regular file; choose another path",
            (_, i) => i["path"] = "/dev/null"),
        New(
            "a file is in the place of the directory",
            "FAILED DIR/opt/1.0/pump is not a directory; choose another path",
            (s, i) => i["path"] = s["opt/1.0/pump/f"]),
        New("a named pipe is in the place of the directory", "FAILED DIR/pipe is not a directory; choose another path", (s, i) =>
        {
            AttackSite.MakePipe(s["pipe"]);
            i["path"] = s["pipe/f"];
        }),
        New(
            "the directory does not exist",
            "FAILED the directory DIR/none does not exist; create it, or choose another path",
            (s, i) => i["path"] = s["none/f"]),
        New("a symbolic link is in the middle of the path", "FAILED DIR/link" + Answers.Link, (s, i) =>
        {
            File.CreateSymbolicLink(s["link"], s.Outside);
            i["path"] = s["link/victim"];
        }, AttackBoard.Limited),
        New("a symbolic link is two directories above the file", "FAILED DIR/link/below" + Answers.Link, (s, i) =>
        {
            Directory.CreateDirectory(s.Outside + "/below");
            File.CreateSymbolicLink(s["link"], s.Outside);
            i["path"] = s["link/below/f"];
        }, AttackBoard.Limited),
        New("a symbolic link is in the place of the file", "SUCCEEDED", (s, _) => File.CreateSymbolicLink(s["f"], s.Victim)),
        New("a symbolic link below targetRoots is in the place of the file", "SUCCEEDED", (s, _) =>
            File.CreateSymbolicLink(s["f"], s.Victim), AttackBoard.Limited),
        New("a hard link is in the place of the file", "SUCCEEDED", (s, _) => AttackSite.MakeHardLink(s["f"], s.Victim)),
        New("a symbolic link is in the place of the partial file", "SUCCEEDED", (s, _) => File.CreateSymbolicLink(Partial(s), s.Victim)),
        New("a hard link is in the place of the partial file", "SUCCEEDED", (s, _) => AttackSite.MakeHardLink(Partial(s), s.Victim)),
        New("a named pipe is in the place of the partial file", "SUCCEEDED", (s, _) => AttackSite.MakePipe(Partial(s))),
        New("the directory is exchanged for a symbolic link during the download", "SUCCEEDED", (s, i) =>
        {
            Directory.CreateDirectory(s["inner"]);
            i["path"] = s["inner/victim"];
            byte[] content = s.Content;
            s.Serve(() =>
            {
                Directory.Move(s["inner"], s["moved"]);
                File.CreateSymbolicLink(s["inner"], s.Outside);
                return AttackServer.Response(content);
            });
        }, AttackBoard.Limited),
        New("the file is exchanged for a symbolic link during the download", "SUCCEEDED", (s, i) =>
        {
            byte[] content = s.Content;
            s.Serve(() =>
            {
                File.CreateSymbolicLink(s["f"], s.Victim);
                return AttackServer.Response(content);
            });
        }),
    ];

    /// <summary>The same length, another byte.</summary>
    public static byte[] Changed(byte[] file) => [.. file.AsSpan(0, file.Length - 1), (byte)(file[^1] ^ 1)];

    private static Attack New(string name, string answer, Action<AttackSite, JsonObject> change, AttackBoard? board = null) =>
        new("download", name, board ?? AttackBoard.Open, answer, change);

    private static string Partial(AttackSite site) =>
        site[$".edgejobs-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(site["f"])).AsSpan(0, 8))}.part"];
}
