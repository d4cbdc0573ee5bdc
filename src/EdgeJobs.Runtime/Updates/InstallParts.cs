using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Updates;

/// <summary>Runs the programs of an installation, and restarts its units: parts of its step.</summary>
/// <param name="runner">Runs programs and health checks.</param>
/// <param name="options">The options.</param>
/// <param name="step">The step.</param>
/// <param name="progress">Gets the progress.</param>
internal sealed class InstallParts(IStepRunner runner, DownloadOptions options, StepContext step, IProgress<StepProgress> progress)
{
    /// <summary>What systemctl exits with if it does not know a unit.</summary>
    private const int UnknownUnit = 5;

    /// <summary>Runs a program of the document, if it has one.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="name">The member that has it.</param>
    /// <param name="directory">Where it runs; null for the agent's own.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="UpdateFailure">It failed.</exception>
    public async Task RunAsync(IReadOnlyList<string> command, string name, string? directory, CancellationToken cancellationToken)
    {
        if (command.Count > 0)
        {
            StepAction.RunCommand program = new(command) { PartOf = step.Step.Action };
            StepPlan part = step.Step with { Action = program, WorkingDirectory = directory };
            Check(await RunAsync(part, cancellationToken).ConfigureAwait(false), $"the program of {name} failed:");
        }
    }

    /// <summary>Runs a program that the agent has chosen.</summary>
    public Task<StepResult> RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        StepAction.RunCommand program = new(command) { PartOf = step.Step.Action, IsFixed = true };
        return RunAsync(step.Step with { Action = program }, cancellationToken);
    }

    /// <summary>Restarts the units, and waits until they stay up.</summary>
    /// <exception cref="UpdateFailure">That failed.</exception>
    public async Task RestartAsync(IReadOnlyList<string> units, CancellationToken cancellationToken)
    {
        if (units.Count == 0)
        {
            return;
        }

        Check(await RunAsync(Systemctl("restart", units), cancellationToken).ConfigureAwait(false), "systemctl failed:");
        foreach (string unit in units)
        {
            StepPlan watch = step.Step with
            {
                Action = new StepAction.HealthCheck { Unit = unit, Interval = options.UnitInterval, PartOf = step.Step.Action },
                Timeout = StepAction.HealthCheck.UsualTimeout,
            };
            Check(await RunAsync(watch, cancellationToken).ConfigureAwait(false), $"the unit {unit} does not stay up:");
        }
    }

    /// <summary>Stops the units. Those that the board does not have are stopped.</summary>
    /// <exception cref="UpdateFailure">That failed.</exception>
    public async Task StopAsync(IReadOnlyList<string> units, CancellationToken cancellationToken)
    {
        if (units.Count == 0)
        {
            return;
        }

        StepResult result = await RunAsync(Systemctl("stop", units), cancellationToken).ConfigureAwait(false);
        if (result is not { End: StepEnd.Exited, Code: UnknownUnit, TimedOutAfter: null })
        {
            Check(result, "systemctl failed:");
        }
    }

    /// <exception cref="UpdateFailure">A part failed.</exception>
    public static void Check(StepResult result, string failed)
    {
        if (result is not { TimedOutAfter: null, Code: 0, End: StepEnd.Exited or StepEnd.Returned })
        {
            throw new UpdateFailure($"{failed} {result.DescribeWithErrors()}");
        }
    }

    private static string[] Systemctl(string verb, IReadOnlyList<string> units) =>
        ["systemctl", "--no-ask-password", verb, "--", .. units];

    private async Task<StepResult> RunAsync(StepPlan part, CancellationToken cancellationToken)
    {
        StepResult result = await runner.RunAsync(step with { Step = part }, progress, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return result;
    }
}
