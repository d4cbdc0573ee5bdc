using System.Text;
using System.Text.Json.Nodes;
using EdgeJobs.EndToEnd.Tests;
using EdgeJobs.Testing;

namespace EdgeJobs.Board.Tests;

/// <summary>The versions of the agent that a board can be updated to.</summary>
internal static class AgentVersions
{
    /// <summary>The version of all programs that do not work.</summary>
    public const string Broken = "199.0.0";

    // An emulated board needs a while to start the new agent and to connect.
    private const int WorkingSeconds = 240;
    private const int BrokenSeconds = 10;

    private static readonly Lazy<byte[]> Next = new(() => File.ReadAllBytes(AgentBinary.NextArm64));

    /// <summary>A step that updates the agent to <see cref="AgentBinary.NextVersion"/>.</summary>
    public static JsonObject UpdateToNext(InstalledBoard installed) =>
        Update(installed, "edgejobs-next", AgentBinary.NextVersion, Next.Value, WorkingSeconds);

    /// <summary>A step that updates the agent to a shell script, which does this after it has shown its version.</summary>
    public static JsonObject UpdateToBroken(InstalledBoard installed, string script)
    {
        string program = $"#!/bin/sh\n[ \"$1\" = --version ] && echo 'edgejobs {Broken}' && exit\n{script}\n";
        return Update(installed, "edgejobs-broken", Broken, Encoding.UTF8.GetBytes(program), BrokenSeconds);
    }

    private static JsonObject Update(InstalledBoard installed, string name, string version, byte[] program, int confirmSeconds)
    {
        JsonObject input = installed.Serve(name, program);
        input["version"] = version;
        input["confirmSeconds"] = confirmSeconds;
        return Documents.Step("updateAgent", input);
    }
}
