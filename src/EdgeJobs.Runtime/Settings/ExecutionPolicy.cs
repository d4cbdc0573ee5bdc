using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Settings;

/// <summary>
/// What jobs may do on the board: the <c>policy</c> section of the configuration. A list that is null allows everything, an empty one
/// nothing. Any such section denies root unless <c>users</c> lists it.
/// </summary>
internal sealed partial record ExecutionPolicy
{
    public const string CommandOperation = "runCommand";

    public const string HandlerOperation = "runHandler";

    public const string DownloadOperation = "download";

    public const string HealthCheckOperation = "healthCheck";

    public const string RebootOperation = "reboot";

    public const string InstallOperation = "install";

    public const string UpdateAgentOperation = "updateAgent";

    private const string Root = "root";
    private const uint RootId = 0;

    /// <summary>The programs that <c>runCommand</c> may run, by full path.</summary>
    public IReadOnlyList<string>? Commands { get; init; }

    /// <summary>The handlers that may run, by name.</summary>
    public IReadOnlyList<string>? Handlers { get; init; }

    /// <summary>
    /// The directories that <c>path</c> may name, beside the configured one. If this, <see cref="Commands"/> or
    /// <see cref="Handlers"/> is set, PATH is not searched for handlers, and every directory is checked like the configured one.
    /// </summary>
    public IReadOnlyList<string>? HandlerDirectories { get; init; }

    /// <summary>
    /// The users that steps may run as; null for every existing user except root. Handlers and operations of the agent run as the
    /// agent's user regardless of <c>runAsUser</c>: a root agent runs them only if root is listed.
    /// </summary>
    public IReadOnlyList<string>? Users { get; init; }

    /// <summary>
    /// <see cref="CommandOperation"/>, <see cref="HandlerOperation"/> and the operations that the agent itself has handlers for.
    /// </summary>
    public IReadOnlyList<string>? Operations { get; init; }

    /// <summary>
    /// The variables that a document may add to the environment; null for none if the policy restricts programs or handlers, because
    /// variables can make an allowed program run any other.
    /// </summary>
    public IReadOnlyList<string>? Environment { get; init; }

    /// <summary>
    /// The directories below which <c>download</c> and <c>install</c> may write; null for every one, or for none if the policy restricts
    /// programs or handlers, because a file can become a program.
    /// </summary>
    public IReadOnlyList<string>? TargetRoots { get; init; }

    /// <summary>The hosts to download from, also after a redirect; <c>*.example.com</c> is every host below that.</summary>
    public IReadOnlyList<string>? UrlHosts { get; init; }

    /// <summary>The systemd units that an installation may restart or stop; null for every one.</summary>
    public IReadOnlyList<string>? Units { get; init; }

    /// <summary>Whether a download may use HTTP without TLS. Not allowed without a policy either.</summary>
    public bool AllowsHttp { get; init; }

    /// <summary>Whether a job must not install a lower release than the board has had.</summary>
    public bool ForbidsDowngrades { get; init; }

    /// <summary>Whether every file to download or to install needs a signature.</summary>
    public bool RequiresSignatures { get; init; }

    /// <summary>
    /// Whether every directory that <c>path</c> names is checked like the configured one, handlers in PATH are denied, and scripts run
    /// through their own descriptor.
    /// </summary>
    public bool IsStrict { get; init; }

    /// <summary>Whether a handler's directory is checked even if the document names it.</summary>
    internal bool ChecksDirectories => IsStrict || NamesPrograms;

    private bool NamesPrograms => Commands is not null || Handlers is not null || HandlerDirectories is not null;

    /// <summary>Finds a step that is not allowed, before the first step runs.</summary>
    /// <param name="plan">The job.</param>
    /// <param name="searchPath">The directories of programs, separated by colons.</param>
    /// <param name="workingDirectory">The working directory of steps that do not name one.</param>
    /// <param name="agent">The id of the agent's user.</param>
    /// <returns>The reason, naming the member of the policy to change; null if all are allowed.</returns>
    internal string? Check(JobPlan plan, string searchPath, string workingDirectory, uint agent)
    {
        for (int i = 0; i < plan.Count; i++)
        {
            StepPlan step = plan.Steps[i];
            LocalUser? user = step.RunAsUser is { } name ? LocalUser.Find(name) : null;
            if ((Check(step, user, agent) ?? CheckCommand(step, searchPath, workingDirectory)) is { } reason)
            {
                return $"step {i + 1} of {plan.Count} '{step.Name}': {reason}";
            }
        }

        return null;
    }

    /// <summary>Checks all of a step except the program of a command, which <see cref="CheckCommand(StepPlan, string)"/> checks.</summary>
    /// <param name="step">The step.</param>
    /// <param name="user">The user that <c>runAsUser</c> names; null if there is none, or the board does not have it.</param>
    /// <param name="agent">The id of the agent's user.</param>
    /// <returns>The reason, naming the member of the policy to change; null if it is allowed.</returns>
    internal string? Check(StepPlan step, LocalUser? user, uint agent) =>
        step.Action.PartOf is { } whole ? Check(step with { Action = whole }, user, agent)
        : step.Action is StepAction.Rollback ? null
        : step.Action switch
        {
            StepAction.RunCommand => CheckOperation(CommandOperation),
            StepAction.RunHandler handler => CheckOperation(HandlerOperation) ?? CheckHandler(handler),
            StepAction.RunOperation operation => CheckOperation(operation.Work.Operation),
            StepAction.Download download => CheckOperation(DownloadOperation) ?? CheckDownload(download),
            StepAction.HealthCheck check => CheckOperation(HealthCheckOperation) ?? CheckHealthCheck(check),
            StepAction.Reboot => CheckListed(RebootOperation),
            StepAction.UpdateAgent update => CheckListed(UpdateAgentOperation) ?? CheckFile(update, update.File),
            StepAction.Install install => CheckOperation(InstallOperation) ?? CheckInstall(install),
            _ => throw new InvalidOperationException($"no rule for {step.Action.GetType().Name}"),
        }
        ?? CheckAgentUser(step, agent) ?? CheckUser(step.RunAsUser, user) ?? CheckEnvironment(step);

    /// <summary>Checks a program by the full path that it is run by.</summary>
    internal string? CheckCommand(StepPlan step, string path) =>
        !RunsCommand(step) || Commands is null || Commands.Contains(path) ? null : Deny($"the command {path}", "commands");

    /// <summary>Whether the document chooses the program of a step.</summary>
    private static bool RunsCommand(StepPlan step) =>
        step.Action is StepAction.RunCommand { IsFixed: false } or StepAction.HealthCheck { Command: not null };

    private static string Deny(string what, string member, string entry = "it") =>
        $"{what} is not allowed on this board; to allow it, add {entry} to \"{member}\" in the \"policy\" section of the configuration";

    private string? CheckCommand(StepPlan step, string searchPath, string workingDirectory)
    {
        if (step.Action is StepAction.Install install)
        {
            StepPlan Part(IReadOnlyList<string> command) => step with { Action = new StepAction.RunCommand(command) };
            string place = install.Package is null ? $"{install.Directory}/{install.Version}" : workingDirectory;
            return (install.Before.Count > 0 ? CheckCommand(Part(install.Before), searchPath, place) : null)
                ?? (install.After.Count > 0 ? CheckCommand(Part(install.After), searchPath, place) : null);
        }

        if (Commands is null || !RunsCommand(step) || step.Action.Program is not { } command)
        {
            return null;
        }

        string name = command.Arguments[0];
        string directory = step.WorkingDirectory ?? workingDirectory;
        if (ProgramFinder.Find(name, searchPath, directory, out _) is { } path)
        {
            return CheckCommand(step, path);
        }

        // A step before this one may install it. The step is checked again when it starts.
        foreach (string place in ProgramFinder.Directories(name, searchPath, directory))
        {
            if (Commands.Contains(Path.Combine(place, name)))
            {
                return null;
            }
        }

        return Deny($"the command {name}", "commands");
    }

    private string? CheckOperation(string operation) =>
        Operations is null || Operations.Contains(operation) ? null : Deny($"the operation {operation}", "operations");

    private string? CheckHandler(StepAction.RunHandler handler)
    {
        if (Handlers is not null && !Handlers.Contains(handler.Handler))
        {
            return Deny($"the handler {handler.Handler}", "handlers");
        }

        if (handler.Path == StepAction.RunHandler.DefaultPath || !ChecksDirectories)
        {
            return null;
        }

        if (handler.Path is null)
        {
            return $"the handler {handler.Handler} would be searched in PATH, which \"policy\" in the configuration does not allow; "
                + "set its \"path\" in the document";
        }

        // If only strict is set, every directory is allowed that passes the check of owner and mode.
        return (HandlerDirectories is null ? !NamesPrograms : HandlerDirectories.Contains(handler.Path.TrimEnd('/')))
            ? null
            : Deny($"the handler directory {handler.Path}", "handlerDirectories");
    }

    /// <summary>Checks steps that run as the agent's user: all except commands with <c>runAsUser</c>.</summary>
    private string? CheckAgentUser(StepPlan step, uint agent)
    {
        bool isAgent = step.RunAsUser is null || step.Action.Program is null;
        bool changesNothing = step.Action is StepAction.HealthCheck { Command: null };
        if (!isAgent || changesNothing || agent != RootId)
        {
            return null;
        }

        return CheckRoot(step.Action switch
        {
            StepAction.RunCommand => "a step without runAsUser, which would run as root,",
            StepAction.RunHandler handler => $"the handler {handler.Handler}, which would run as the agent's user, root,",
            _ => $"{step.Action.Describe()}, which would run as the agent's user, root,",
        });
    }

    private string? CheckUser(string? name, LocalUser? user)
    {
        if (name is null)
        {
            return null;
        }

        if (name == Root || user is { Id: RootId })
        {
            return CheckRoot($"the user {name}");
        }

        if (Users is null)
        {
            return user is not null ? null
                : $"the user {name} does not exist on this board, and the \"policy\" section of the configuration allows only users that "
                    + "exist; create it";
        }

        return Users.Contains(name) ? null : Deny($"the user {name}", "users");
    }

    private string? CheckRoot(string what) => Users is not null && Users.Contains(Root) ? null : Deny(what, "users", $"\"{Root}\"");

    private string? CheckEnvironment(StepPlan step)
    {
        if (Environment is null && !ChecksDirectories)
        {
            return null;
        }

        foreach ((string name, _) in step.Environment)
        {
            if (Environment is null || !Environment.Contains(name))
            {
                return Deny($"the variable {name}", "environment");
            }
        }

        return null;
    }
}
