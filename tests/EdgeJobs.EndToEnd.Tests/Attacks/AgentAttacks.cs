using System.Text;
using System.Text.Json.Nodes;

namespace EdgeJobs.EndToEnd.Tests.Attacks;

/// <summary>Updates of the agent to programs that must not replace it, and what else a policy does not allow.</summary>
internal static class AgentAttacks
{
    private const string Update = "updateAgent";
    private const string NoVersion = "FAILED the new program does not show its version: ";
    private const string OtherVersion = Answers.Input + "version: must be MAJOR.MINOR.PATCH, such as \"1.4.0\"";

    public static IReadOnlyList<Attack> Rows =>
    [
        New(
            "the program has another version",
            "FAILED the new program is 'edgejobs 98.0.1' instead of edgejobs 98.0.0",
            (s, i) => s.Use(i, Script("echo edgejobs 98.0.1"))),
        New(
            "the program is another one",
            "FAILED the new program is 'other 98.0.0' instead of edgejobs 98.0.0",
            (s, i) => s.Use(i, Script("echo other 98.0.0"))),
        New(
            "the program fails",
            NoVersion + "exit code 3",
            (s, i) => s.Use(i, Script("echo edgejobs 98.0.0; exit 3"))),
        New(
            "the program crashes",
            NoVersion + "ended by SIGSEGV",
            (s, i) => s.Use(i, Script("kill -SEGV $$"))),
        New(
            "the program is for another processor",
            NoVersion + "can't start DATA/agent/98.0.0/edgejobs: it is a program for MIPS, and this board is x86-64",
            (s, i) => s.Use(i, Foreign())),
        New(
            "the program is cut off",
            NoVersion + "ended by SIGSEGV",
            (s, i) => s.Use(i, File.ReadAllBytes("/proc/self/exe")[..5000])),
        New(
            "the program is a web page",
            NoVersion + "*",
            (s, i) => s.Use(i, "<html>not found</html>"u8.ToArray())),
        New(
            "the program is empty",
            NoVersion + "can't start DATA/agent/98.0.0/edgejobs: the file is empty; install it again",
            (s, i) => s.Use(i, [])),
        New("the program was changed; it has a checksum", Answers.OtherSum, (s, i) =>
        {
            s.Serve(AttackServer.Response(DownloadAttacks.Changed(s.Content)));
            i.Remove("signature");
        }),
        New(
            "there is no checksum",
            Answers.Input + "sha256: missing; an updateAgent needs the SHA-256 of the program",
            (_, i) => i.Remove("sha256")),
        New("the checksum is empty", Answers.Input + "sha256: is empty; it must be the SHA-256 of the program", (_, i) => i["sha256"] = ""),
        New("the checksum is garbage", Answers.Sum, (_, i) => i["sha256"] = "garbage"),
        New(
            "there is no signature, and one is required",
            "REJECTED update of the agent to version 98.0.0" + Answers.Unsigned,
            (_, i) => i.Remove("signature"), AttackBoard.Signed),
        New(
            "the signature is that of an unknown key",
            Answers.NotSigned("ecdsa-sha256"),
            (s, i) => i["signature"] = Convert.ToBase64String(s.Keys.SignAsStranger(s.Content))),
        New(
            "the version is lower",
            "FAILED the agent has version 0.1.0, which is higher than 0.0.1; the agent does not go back",
            (_, i) => i["version"] = "0.0.1"),
        New("the version is incomplete", OtherVersion, (_, i) => i["version"] = "98.0"),
        New("the version has four parts", OtherVersion, (_, i) => i["version"] = "98.0.0.0"),
        New("the version has a suffix", OtherVersion, (_, i) => i["version"] = "98.0.0-rc1"),
        New("the version has a leading zero", OtherVersion, (_, i) => i["version"] = "098.0.0"),
        New("the version is too high", OtherVersion, (_, i) => i["version"] = "65535.0.0"),
        New("the version is '..'", OtherVersion, (_, i) => i["version"] = ".."),
        New("the version climbs", OtherVersion, (_, i) => i["version"] = "../98.0.0"),
        New("the version is 'state'", OtherVersion, (_, i) => i["version"] = "state"),
        New(
            "the version is empty",
            Answers.Input + "version: is empty; it must be the version of the agent, MAJOR.MINOR.PATCH",
            (_, i) => i["version"] = ""),
        New("the URL is HTTP", Answers.Http, (s, i) => i["url"] = s.PlainUrl),
        New(
            "the host is not in urlHosts",
            Answers.NotIn("urlHosts", "the host evil.example"),
            (_, i) => i["url"] = "https://evil.example/f", AttackBoard.Limited),
        New("a redirect leads to a host that is not in urlHosts", "FAILED " + Answers.Host, (s, _) =>
            s.Serve(AttackServer.Redirect("https://evil.example/f")), AttackBoard.Limited),
        New(
            "the operation is not in the policy",
            Answers.NotIn("operations", "the operation updateAgent"),
            (_, _) => { }, AttackBoard.Listed),
        New(
            "a path",
            Answers.Input + "path: an updateAgent has no such member; its members are *",
            (s, i) => i["path"] = s["f"]),
        New("no time to confirm", Answers.Input + "confirmSeconds: must be 5 to 3600", (_, i) => i["confirmSeconds"] = 0),
        New("a year to confirm", Answers.Input + "confirmSeconds: must be 5 to 3600", (_, i) => i["confirmSeconds"] = 31_536_000),
        New(
            "onInterruption",
            Answers.Action + "onInterruption: an updateAgent always continues with the new version; remove it",
            (_, _) => { }) with { Member = ("onInterruption", "skip") },

        new(
            "reboot",
            "the operation is not in the policy",
            AttackBoard.Listed,
            Answers.NotIn("operations", "the operation reboot"),
            (_, _) => { }),
        new(
            "reboot",
            "runAsUser is not in users",
            AttackBoard.Limited,
            Answers.NotIn("users", "the user daemon"),
            (_, _) => { }) { Member = ("runAsUser", "daemon") },
        Check(
            "the URL is HTTP to another host",
            Http("evil.example"),
            "http://evil.example/"),
        Check("the URL has the name of the board as its user", Answers.User, "http://localhost@evil.example/"),
        Check(
            "the host only begins like the board",
            Http("localhost.evil.example"),
            "http://localhost.evil.example/"),
        Check(
            "the host is not in urlHosts",
            Answers.NotIn("urlHosts", "the host evil.example"),
            "https://evil.example/", AttackBoard.Limited),
        Check("the URL is a local file", Answers.Scheme, "file:///etc/shadow"),
        new(
            "healthCheck",
            "the command is not in the policy",
            AttackBoard.Listed,
            Answers.NotIn("commands", "the command /bin/sh"),
            (_, i) => i["command"] = "/bin/sh,-c,true"),
        new(
            "healthCheck",
            "a unit is an option",
            AttackBoard.Open,
            Answers.Input + "unit: must be the name of a systemd unit, such as pump.service",
            (_, i) => i["unit"] = "--host=evil.service"),
    ];

    private static Attack New(string name, string answer, Action<AttackSite, JsonObject> change, AttackBoard? board = null) =>
        new(Update, name, board ?? AttackBoard.Open, answer, change);

    private static Attack Check(string name, string answer, string url, AttackBoard? board = null) =>
        new("healthCheck", name, board ?? AttackBoard.Open, answer, (_, i) => i["url"] = url);

    private static string Http(string host) => Answers.Http.Replace("HOST/f", host + "/", StringComparison.Ordinal);

    private static byte[] Script(string script) => Encoding.UTF8.GetBytes($"#!/bin/sh\n{script}\n");

    /// <summary>The beginning of a program for MIPS.</summary>
    private static byte[] Foreign()
    {
        byte[] program = File.ReadAllBytes("/proc/self/exe");
        program[18] = 8;
        return program;
    }
}
