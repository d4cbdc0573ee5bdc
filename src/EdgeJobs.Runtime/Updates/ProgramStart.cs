using System.Collections;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Updates;

/// <summary>How this process was started, to start another version of the agent in the same way.</summary>
internal sealed class ProgramStart
{
    private readonly string[] _words;
    private readonly Hashtable _environment;

    /// <param name="version">The version of this program.</param>
    /// <param name="words">The arguments after the command.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="program">The path of this program.</param>
    public ProgramStart(string version, string[] words, IDictionary environment, string program)
    {
        Version = version;
        _words = words;
        string? packaged = environment[SelfUpdate.Variable] as string;
        IsSlot = !string.IsNullOrEmpty(packaged);
        Packaged = IsSlot ? packaged! : program;
        _environment = new Hashtable(environment);
        _environment.Remove(SelfUpdate.Variable);
    }

    public string Version { get; }

    /// <summary>Whether the program is that of a slot.</summary>
    public bool IsSlot { get; }

    /// <summary>The path of the packaged program.</summary>
    public string Packaged { get; }

    /// <summary>The limit of core files that the process was started with; null if this program has not changed it.</summary>
    public ulong? CoreLimit { get; init; }

    /// <summary>Replaces this program by that of a slot.</summary>
    /// <inheritdoc cref="ProgramExchange.Execute"/>
    public int RunSlot(string program, int alarmSeconds) =>
        Run(program, new Hashtable(_environment) { [SelfUpdate.Variable] = Packaged }, alarmSeconds);

    /// <summary>Replaces this program by the packaged one.</summary>
    /// <inheritdoc cref="ProgramExchange.Execute"/>
    public int RunPackaged() => Run(Packaged, _environment, 0);

    private int Run(string program, Hashtable environment, int alarmSeconds)
    {
        ulong? current = CoreLimit is { } limit ? InheritedState.ExchangeCore(limit) : null;
        int error = ProgramExchange.Execute(program, [program, "run", .. _words], environment, alarmSeconds);
        if (current is { } own)
        {
            _ = InheritedState.ExchangeCore(own);
        }

        return error;
    }
}
