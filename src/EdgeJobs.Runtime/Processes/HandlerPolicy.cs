using EdgeJobs.Runtime.Documents;

namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// What the board's owner allows jobs to do: the <c>policy</c> section of the configuration. A list that is null allows
/// everything, an empty one nothing. Only where there is such a section is root denied unless it is listed: a board that has
/// none runs what it always ran.
/// </summary>
public sealed record HandlerPolicy
{
    /// <summary>The operation of steps that run a program.</summary>
    public const string CommandOperation = "runCommand";

    /// <summary>The operation of steps that run a handler.</summary>
    public const string HandlerOperation = "runHandler";

    private const string Root = "root";

    /// <summary>The programs that may be run by <c>runCommand</c>, by their full paths.</summary>
    public IReadOnlyList<string>? Commands { get; init; }

    /// <summary>The handlers that may be run, by their names.</summary>
    public IReadOnlyList<string>? Handlers { get; init; }

    /// <summary>The directories that <c>path</c> may name, beside the configured one.</summary>
    public IReadOnlyList<string>? HandlerDirectories { get; init; }

    /// <summary>The users that steps may run as; null for all but root.</summary>
    public IReadOnlyList<string>? Users { get; init; }

    /// <summary><see cref="CommandOperation"/>, <see cref="HandlerOperation"/> and the operations that the agent itself has handlers for.</summary>
    public IReadOnlyList<string>? Operations { get; init; }

    /// <summary>
    /// The variables that a document may add to the environment; null for none where <see cref="Commands"/> or
    /// <see cref="Handlers"/> are listed, as variables can make an allowed program run any other.
    /// </summary>
    public IReadOnlyList<string>? Environment { get; init; }

    /// <summary>
    /// Whether every directory that <c>path</c> names is checked as the configured one is, handlers that are looked up in
    /// PATH are denied, and scripts are run through their own descriptor.
    /// </summary>
    public bool IsStrict { get; init; }

    /// <summary>Looks for a step that is not allowed, before the first of them runs.</summary>
    /// <param name="plan">The job.</param>
    /// <returns>The reason, naming the member of the policy to change; null when all are allowed.</returns>
    public string? Check(JobPlan plan)
    {
        for (int i = 0; i < plan.Steps.Count; i++)
        {
            if (Check(plan.Steps[i]) is { } reason)
            {
                return $"step {i + 1} of {plan.Steps.Count} '{plan.Steps[i].Name}': {reason}";
            }
        }

        return null;
    }

    /// <summary>Looks whether a step is allowed. What PATH leads to is looked at when it starts.</summary>
    /// <param name="step">The step.</param>
    /// <returns>The reason, naming the member of the policy to change; null when it is allowed.</returns>
    public string? Check(StepPlan step) =>
        step.Action switch
        {
            StepAction.RunCommand => CheckOperation(CommandOperation),
            StepAction.RunHandler handler => CheckOperation(HandlerOperation) ?? CheckHandler(handler),
            StepAction.RunOperation operation => CheckOperation(operation.Work.Operation),
            _ => null,
        }
        ?? (step.Action is StepAction.RunOperation ? null : CheckUser(step) ?? CheckEnvironment(step));

    /// <summary>Looks whether a program is allowed.</summary>
    /// <param name="path">Its full path.</param>
    internal string? CheckCommand(string path) =>
        Commands is null || Commands.Contains(path) ? null : Deny($"the command {path}", "commands");

    private static string Deny(string what, string member) =>
        $"{what} is not allowed on this board; to allow it, add it to \"{member}\" in the \"policy\" section of the configuration";

    private static bool IsRoot(string? user) =>
        user is null ? Libc.EffectiveUser() == 0 : user == Root || LocalUser.Find(user) is { Id: 0 };

    private string? CheckOperation(string operation) =>
        Operations is null || Operations.Contains(operation) ? null : Deny($"the operation {operation}", "operations");

    private string? CheckHandler(StepAction.RunHandler handler)
    {
        if (Handlers is not null && !Handlers.Contains(handler.Handler))
        {
            return Deny($"the handler {handler.Handler}", "handlers");
        }

        if (handler.Path is null)
        {
            return IsStrict || HandlerDirectories is not null
                ? $"the handler {handler.Handler} would be looked up in PATH, which \"policy\" in the configuration does not allow; give its \"path\" in the document"
                : null;
        }

        return handler.Path == StepAction.RunHandler.DefaultPath
            || HandlerDirectories is null
            || HandlerDirectories.Contains(handler.Path.TrimEnd('/'))
                ? null
                : Deny($"the handler directory {handler.Path}", "handlerDirectories");
    }

    private string? CheckUser(StepPlan step)
    {
        if (IsRoot(step.RunAsUser))
        {
            return Users is not null && Users.Contains(Root)
                ? null
                : Deny(step.RunAsUser is null ? "a step without runAsUser, which would run as root," : $"the user {step.RunAsUser}", "users")
                    .Replace("add it to", $"add \"{Root}\" to", StringComparison.Ordinal);
        }

        // Without runAsUser a step runs as the agent's own user, whom the board's owner has chosen for that.
        return step.RunAsUser is null || Users is null || Users.Contains(step.RunAsUser)
            ? null
            : Deny($"the user {step.RunAsUser}", "users");
    }

    private string? CheckEnvironment(StepPlan step)
    {
        if (Environment is null && Commands is null && Handlers is null)
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
