namespace EdgeJobs.Runtime.Jobs;

/// <summary>What a step runs.</summary>
internal abstract record StepAction
{
    private StepAction()
    {
    }

    /// <summary>One line for the operator. It omits the arguments: they may contain a presigned URL or a password.</summary>
    public abstract string Describe();

    /// <summary>A program with its arguments, started directly, without a shell.</summary>
    /// <param name="Arguments">The program, then its arguments; not empty.</param>
    public sealed record RunCommand(IReadOnlyList<string> Arguments) : StepAction
    {
        /// <inheritdoc/>
        public override string Describe() => $"command {Arguments[0]}, {Count(Arguments.Count - 1)}";
    }

    /// <summary>A handler: a program that the owner of the board has installed.</summary>
    /// <param name="Handler">Its file name.</param>
    /// <param name="Arguments">Its arguments, without the user.</param>
    /// <param name="Path">
    /// <see cref="DefaultPath"/> for the configured handler directory, another directory, or null to look it up in PATH.
    /// </param>
    /// <param name="PassesUser">Whether the user, or an empty string, is passed before the arguments. Not in legacy documents.</param>
    public sealed record RunHandler(string Handler, IReadOnlyList<string> Arguments, string? Path, bool PassesUser) : StepAction
    {
        /// <summary>The <see cref="Path"/> for the configured handler directory.</summary>
        public const string DefaultPath = "default";

        /// <inheritdoc/>
        public override string Describe() => $"handler {Handler}{(Path is null ? "" : $" in {Path}")}, {Count(Arguments.Count)}";
    }

    /// <summary>A job operation with a handler inside the agent.</summary>
    /// <param name="Work">The document with its handler.</param>
    public sealed record RunOperation(JobWork Work) : StepAction
    {
        /// <inheritdoc/>
        public override string Describe() => $"operation {Work.Operation}";
    }

    private static string Count(int arguments) => arguments switch
    {
        0 => "no arguments",
        1 => "1 argument",
        _ => $"{arguments} arguments",
    };
}
