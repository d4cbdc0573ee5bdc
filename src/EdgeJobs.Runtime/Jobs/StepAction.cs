namespace EdgeJobs.Runtime.Jobs;

/// <summary>What a step runs.</summary>
public abstract record StepAction
{
    private StepAction()
    {
    }

    /// <summary>What is run, in one line for the operator. Arguments are not shown: they may hold a presigned URL or a password.</summary>
    public abstract string Describe();

    /// <summary>A program with its arguments, started directly: no shell sees it.</summary>
    /// <param name="Arguments">The program, then its arguments; at least one.</param>
    public sealed record RunCommand(IReadOnlyList<string> Arguments) : StepAction
    {
        /// <inheritdoc/>
        public override string Describe() => $"command {Arguments[0]}, {Count(Arguments.Count - 1)}";
    }

    /// <summary>A handler: a program that the board's owner has installed.</summary>
    /// <param name="Handler">Its file name.</param>
    /// <param name="Arguments">Its arguments, without the user.</param>
    /// <param name="Path">
    /// <see cref="DefaultPath"/> for the configured handler directory, another directory, or null to look it up in PATH.
    /// </param>
    /// <param name="PassesUser">Whether the user, or an empty string, is passed before the arguments. Not in legacy documents.</param>
    public sealed record RunHandler(string Handler, IReadOnlyList<string> Arguments, string? Path, bool PassesUser) : StepAction
    {
        /// <summary>The <see cref="Path"/> that stands for the configured handler directory.</summary>
        public const string DefaultPath = "default";

        /// <inheritdoc/>
        public override string Describe() => $"handler {Handler}{(Path is null ? "" : $" in {Path}")}, {Count(Arguments.Count)}";
    }

    /// <summary>A job operation that the agent itself has a handler for.</summary>
    /// <param name="Work">The document with its handler.</param>
    public sealed record RunOperation(JobWork Work) : StepAction
    {
        /// <inheritdoc/>
        public override string Describe() => $"operation {Work.Operation}";
    }

    private static string Count(int arguments) => arguments switch { 0 => "no arguments", 1 => "1 argument", _ => $"{arguments} arguments" };
}
