using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests.Attacks;

/// <summary>
/// The place of one attack: a directory for the step, one for the files that it must never change, and the files of a server. A version of
/// something is installed in <c>opt</c>.
/// </summary>
/// <param name="attack">The attack.</param>
/// <param name="number">Its number.</param>
/// <param name="root">The directory of all attacks.</param>
/// <param name="keys">The keys.</param>
/// <param name="https">The server.</param>
/// <param name="http">The server without TLS.</param>
internal sealed partial class AttackSite(
    Attack attack, int number, string root, AttackKeys keys, AttackServer https, AttackServer http)
{
    private const UnixFileMode PrivateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"{number}");

    public Attack Attack => attack;

    public AttackKeys Keys => keys;

    public string Job => "attack-" + _name;

    /// <summary>The directory below which all steps may write.</summary>
    public static string RootOf(string root) => Path.Combine(root, "in");

    public string Inside => Path.Combine(RootOf(root), _name);

    public string Outside => Path.Combine(root, "out", _name);

    /// <summary>A file outside, which the attack must not change.</summary>
    public string Victim => Path.Combine(Outside, "victim");

    public string Url => $"{https.Root}/{_name}/f";

    public string PlainUrl => $"{http.Root}/{_name}/f";

    /// <summary>The file of the step: what the server sends, or the archive.</summary>
    public byte[] Content { get; private set; } = [];

    public string this[string name] => Path.Combine(Inside, name);

    /// <summary>Prepares the board, and returns the job document.</summary>
    public string Prepare()
    {
        Directory.CreateDirectory(this["opt/1.0"], PrivateMode);
        File.WriteAllText(this["opt/1.0/pump"], "1.0");
        File.CreateSymbolicLink(this["opt/current"], "1.0");
        Directory.CreateDirectory(Outside, PrivateMode);
        File.WriteAllText(Victim, "victim");
        JsonObject input = Input();
        attack.Change(this, input);
        JsonObject step = new() { ["name"] = "attack", ["type"] = attack.Step, ["input"] = input };
        if (attack.Member is { } member)
        {
            step[member.Name] = member.Value.DeepClone();
        }

        return Documents.Steps(step);
    }

    /// <summary>Makes this the file of the step, with its checksum and signature.</summary>
    public void Use(JsonObject input, byte[] content)
    {
        Content = content;
        Serve(AttackServer.Response(content));
        input["sha256"] = Convert.ToHexStringLower(SHA256.HashData(content));
        input["signature"] = Convert.ToBase64String(keys.Sign(content));
        if (attack.Step == "install")
        {
            File.WriteAllBytes(this["pump.tar"], content);
        }
    }

    /// <summary>Sends a response to each request.</summary>
    public void Serve(byte[] response) => Serve(() => response);

    /// <summary>Sends a response to each request.</summary>
    public void Serve(Func<byte[]> response) => https.Answers[_name] = http.Answers[_name] = response;

    public static void MakePipe(string path) => Run("mkfifo", path);

    public static void MakeHardLink(string path, string target) => Run("ln", target, path);

    /// <summary>Replaces the names of this test in a message.</summary>
    public string Redact(string message)
    {
        string above = Path.GetDirectoryName(root)!;
        foreach ((string text, string name) in ((string, string)[])[
            (Path.Combine(above, "keys"), "KEYS"), (Path.Combine(above, attack.Board.Thing), "DATA"), (Inside, "DIR"),
            (Outside, "OUTSIDE"), (root, "ROOT"), (Url, "https://HOST/f"), (PlainUrl, "http://HOST/f"),
            (https.Root, "https://HOST"), (http.Root, "http://HOST")])
        {
            message = message.Replace(text, name, StringComparison.Ordinal);
        }

        return Sums().Replace(message, "SUM");
    }

    private JsonObject Input()
    {
        JsonObject input = attack.Step switch
        {
            "download" => new() { ["url"] = Url, ["path"] = this["f"] },
            "install" => new() { ["archive"] = this["pump.tar"], ["directory"] = this["opt"], ["version"] = "2.0" },
            "updateAgent" => new() { ["version"] = "98.0.0", ["url"] = Url },
            _ => [],
        };
        if (attack.Step is "download" or "updateAgent")
        {
            Use(input, "#!/bin/sh\necho edgejobs 98.0.0\n"u8.ToArray());
        }
        else if (attack.Step is "install")
        {
            Use(input, new Runtime.Tests.Updates.TarBuilder().File("pump", "2.0").Build());
        }

        return input;
    }

    private static void Run(string program, params string[] arguments)
    {
        ChildResult result = ChildProcess.RunAsync(program, arguments).GetAwaiter().GetResult();
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex Sums();
}
