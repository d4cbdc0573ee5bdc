namespace EdgeJobs.Runtime.Processes;

/// <summary>A process to be started.</summary>
/// <param name="Program">The path of the executable.</param>
/// <param name="Arguments">Its arguments, the name it is called by first.</param>
/// <param name="Environment">Its whole environment, as <c>NAME=value</c>.</param>
/// <param name="WorkingDirectory">Where it starts.</param>
internal readonly record struct ProcessStart(
    string Program,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<string> Environment,
    string WorkingDirectory)
{
    /// <summary>What the launcher is to do, when the program is the launcher.</summary>
    public LaunchSpec? Launch { get; init; }

    /// <summary>The program as the operator knows it, where <see cref="Program"/> goes through a descriptor.</summary>
    public string Name { get; init; } = Program;

    /// <summary>The soft limit of its core files; null for the agent's own.</summary>
    public ulong? CoreLimit { get; init; }

    /// <summary>A descriptor that the program gets as <see cref="ChildProcess.HandlerDescriptor"/>, or -1.</summary>
    public int Handler { get; init; } = -1;
}
