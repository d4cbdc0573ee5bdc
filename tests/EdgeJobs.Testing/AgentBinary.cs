namespace EdgeJobs.Testing;

/// <summary>The native executables under test, as <c>./test.sh</c> publishes them.</summary>
public sealed record AgentBinary(string Name, string Program, IReadOnlyList<string> Prefix)
{
    /// <summary>linux-x64, run natively.</summary>
    public static AgentBinary X64 => new("x64", Published("linux-x64", "EDGEJOBS_TEST_X64_BINARY"), []);

    /// <summary>The version of <see cref="Next"/>.</summary>
    public const string NextVersion = "99.0.0";

    /// <summary>The same sources as linux-x64, with a higher version.</summary>
    public static AgentBinary Next => new("next", Published("linux-x64-next", "EDGEJOBS_TEST_NEXT_BINARY"), []);

    /// <summary>The executable of the same sources as linux-arm64, with the version <see cref="NextVersion"/>.</summary>
    public static string NextArm64 => Published("linux-arm64-next", "EDGEJOBS_TEST_NEXT_ARM64_BINARY");

    /// <summary>linux-arm64, run under qemu-user with the ARM64 libraries of eng/arm64-sysroot.sh.</summary>
    public static AgentBinary Arm64 => new(
        "arm64",
        "qemu-aarch64-static",
        ["-L", Existing(Repository.PathOf("artifacts", "sysroot-arm64")), Published("linux-arm64", "EDGEJOBS_TEST_ARM64_BINARY")]);

    /// <summary>The executable itself, without what runs it.</summary>
    public string File => Prefix.Count > 0 ? Prefix[^1] : Program;

    public static AgentBinary Of(string name) => name == "x64" ? X64 : Arm64;

    public ChildProcess Start(IEnumerable<string> arguments, params (string Name, string Value)[] environment) =>
        ChildProcess.Start(Program, [.. Prefix, .. arguments], environment);

    public Task<ChildResult> RunAsync(IEnumerable<string> arguments, params (string Name, string Value)[] environment) =>
        ChildProcess.RunAsync(Program, [.. Prefix, .. arguments], environment);

    private static string Published(string rid, string variable) =>
        Existing(Environment.GetEnvironmentVariable(variable) is { Length: > 0 } named
            ? named
            : Repository.PathOf("artifacts", rid, "edgejobs"));

    private static string Existing(string path) => Path.Exists(path)
        ? path
        : throw new InvalidOperationException($"{path} does not exist; run ./test.sh EdgeJobs.EndToEnd.Tests, which publishes it");
}
