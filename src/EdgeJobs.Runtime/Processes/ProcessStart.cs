namespace EdgeJobs.Runtime.Processes;

/// <summary>A process to start.</summary>
/// <param name="Program">The path of the executable.</param>
/// <param name="Arguments">All arguments, including argument 0.</param>
/// <param name="Environment">The complete environment, as <c>NAME=value</c>.</param>
/// <param name="WorkingDirectory">The working directory.</param>
internal readonly record struct ProcessStart(
    string Program,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<string> Environment,
    string WorkingDirectory)
{
    /// <summary>The instructions for the launcher, when the program is the launcher.</summary>
    public LaunchSpec? Launch { get; init; }

    /// <summary>The file <c>cgroup.procs</c> of the cgroup to join; null for none, and when the launcher joins it.</summary>
    public string? Cgroup { get; init; }

    /// <summary>The program for messages, when <see cref="Program"/> is the path of a descriptor.</summary>
    public string Name { get; init; } = Program;

    /// <summary>The soft limit of core files; null for the agent's limit.</summary>
    public ulong? CoreLimit { get; init; }

    /// <summary>The descriptor to pass as <see cref="ChildProcess.HandlerDescriptor"/>, or -1.</summary>
    public int Handler { get; init; } = -1;
}
