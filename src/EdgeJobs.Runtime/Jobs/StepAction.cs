namespace EdgeJobs.Runtime.Jobs;

/// <summary>What a step runs.</summary>
internal abstract record StepAction
{
    private StepAction()
    {
    }

    /// <summary>One line for the operator. It omits the arguments: they may contain a presigned URL or a password.</summary>
    public abstract string Describe();

    /// <summary>The program that the step runs; null if it runs none, or a handler.</summary>
    public virtual RunCommand? Program => null;

    /// <summary>The time-out of a step that names none; null for none.</summary>
    public virtual TimeSpan? DefaultTimeout => null;

    /// <summary>The action of the document that this one is a part of, whose rules apply; null for an action of the document.</summary>
    public StepAction? PartOf { get; init; }

    /// <summary>A program with its arguments, started directly, without a shell.</summary>
    /// <param name="Arguments">The program, then its arguments; not empty.</param>
    public sealed record RunCommand(IReadOnlyList<string> Arguments) : StepAction
    {
        /// <summary>Whether the agent has chosen the program, not the document.</summary>
        public bool IsFixed { get; init; }

        /// <inheritdoc/>
        public override RunCommand Program => this;

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

    /// <summary>A file to download. The agent does it itself.</summary>
    /// <param name="Urls">Where the file is, in the order in which to try them; not empty.</param>
    /// <param name="Path">Where it belongs: an absolute path without <c>.</c>, <c>..</c> and empty names.</param>
    public sealed record Download(IReadOnlyList<string> Urls, string Path) : StepAction
    {
        /// <summary>The default of <see cref="Mode"/>.</summary>
        public const uint DefaultMode = 0x1A4;

        /// <summary>Its SHA-256 in 64 lower-case hexadecimal digits; null if unknown.</summary>
        public string? Sha256 { get; init; }

        /// <summary>Its signature; null if it has none.</summary>
        public FileSignature? Signature { get; init; }

        /// <summary>Whether something other than the server says which bytes are right.</summary>
        public bool HasProof => Sha256 is not null || Signature is not null;

        /// <summary>Its size in bytes; null if unknown.</summary>
        public long? Size { get; init; }

        /// <summary>The permissions of the file, 644 by default.</summary>
        public uint Mode { get; init; } = DefaultMode;

        /// <summary>The user that gets the file; null for the agent's user.</summary>
        public string? Owner { get; init; }

        /// <inheritdoc/>
        public override string Describe() => $"download of {Path}";
    }

    /// <summary>A check that must be good some times in a row. It has one of a command, a URL and a unit.</summary>
    public sealed record HealthCheck : StepAction
    {
        public const int DefaultTimes = 3;

        /// <summary>How long one check may take.</summary>
        public static readonly TimeSpan LongestCheck = TimeSpan.FromSeconds(30);

        public static readonly TimeSpan UsualTimeout = TimeSpan.FromMinutes(2);
        public static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(5);

        /// <summary>A program with its arguments, which must succeed.</summary>
        public IReadOnlyList<string>? Command { get; init; }

        /// <summary>A URL that must answer with a status from 200 to 299.</summary>
        public string? Url { get; init; }

        /// <summary>A systemd unit that must be active, and not restart.</summary>
        public string? Unit { get; init; }

        /// <summary>How often in a row it must be good.</summary>
        public int Times { get; init; } = DefaultTimes;

        /// <summary>How long to wait between two checks.</summary>
        public TimeSpan Interval { get; init; } = DefaultInterval;

        /// <inheritdoc/>
        public override TimeSpan? DefaultTimeout => UsualTimeout;

        /// <inheritdoc/>
        public override RunCommand? Program =>
            Command is not null ? new RunCommand(Command)
            : Unit is not null ? new RunCommand(["systemctl", "show", "--property=ActiveState,InvocationID", "--", Unit])
            : null;

        /// <inheritdoc/>
        public override string Describe() =>
            Unit is not null ? $"health check of the unit {Unit}"
            : Command is not null ? $"health check by the command {Command[0]}"
            : "health check of a URL";
    }

    /// <summary>A reboot of the board.</summary>
    public sealed record Reboot : StepAction
    {
        public static readonly TimeSpan UsualTimeout = TimeSpan.FromMinutes(10);

        /// <inheritdoc/>
        public override TimeSpan? DefaultTimeout => UsualTimeout;

        /// <inheritdoc/>
        public override RunCommand Program { get; } = new RunCommand(["systemctl", "--no-ask-password", "reboot"]);

        /// <inheritdoc/>
        public override string Describe() => "reboot of the board";
    }

    /// <summary>
    /// A version to install from a tar archive, beside the versions that are there already; or a Debian package.
    /// </summary>
    /// <param name="Archive">The path of the archive.</param>
    /// <param name="Directory">The directory that gets the version: an absolute path without <c>.</c>, <c>..</c> and empty names.</param>
    /// <param name="Version">The name of the version, and of its directory.</param>
    public sealed record Install(string Archive, string Directory, string Version) : StepAction
    {
        /// <summary>The name of the link to the current version.</summary>
        public const string CurrentName = "current";

        public static readonly TimeSpan UsualTimeout = TimeSpan.FromMinutes(30);

        /// <summary>The path of the Debian package; null for an archive.</summary>
        public string? Package { get; private init; }

        /// <summary>The number of the release, higher than those of earlier ones; null if unknown.</summary>
        public long? Sequence { get; init; }

        /// <summary>The path of the archive or the package.</summary>
        public string File => Package ?? Archive;

        /// <summary>The SHA-256 of the file in 64 lower-case hexadecimal digits; null if unknown.</summary>
        public string? Sha256 { get; init; }

        /// <summary>The signature of the file in base64; null if it has none.</summary>
        public FileSignature? Signature { get; init; }

        /// <summary>The systemd units to restart, which must stay up.</summary>
        public IReadOnlyList<string> Units { get; init; } = [];

        /// <summary>The program to run before the new version becomes the current one; empty for none.</summary>
        public IReadOnlyList<string> Before { get; init; } = [];

        /// <summary>The program to run when the new version is the current one, before the units restart; empty for none.</summary>
        public IReadOnlyList<string> After { get; init; } = [];

        /// <inheritdoc/>
        public override TimeSpan? DefaultTimeout => UsualTimeout;

        /// <summary>The installation of a Debian package, which has its version.</summary>
        public static Install OfPackage(string path) => new("", "", "") { Package = path };

        /// <inheritdoc/>
        public override string Describe() =>
            Package is null ? $"installation of {Directory}/{Version}" : $"installation of the package {Package}";
    }

    /// <summary>Undoes an installation after a step has failed. The agent adds it to the plan; documents do not have it.</summary>
    /// <param name="Of">The installation.</param>
    /// <param name="Index">Its step, from 0.</param>
    public sealed record Rollback(Install Of, int Index) : StepAction
    {
        /// <inheritdoc/>
        public override TimeSpan? DefaultTimeout => Install.UsualTimeout;

        /// <inheritdoc/>
        public override string Describe() => $"rollback of {Of.Package ?? Of.Directory}";
    }

    /// <summary>Another version of the agent itself.</summary>
    /// <param name="Version">The version, <c>MAJOR.MINOR.PATCH</c>.</param>
    /// <param name="File">The program. Its path is that of the slot, which the runner knows.</param>
    public sealed record UpdateAgent(string Version, Download File) : StepAction
    {
        /// <summary>The permissions of the program: those of its owner.</summary>
        public const uint ProgramMode = 0x1C0;

        public const int DefaultConfirmSeconds = 300;

        /// <summary>How long the new version may take until it has reported to the service.</summary>
        public int ConfirmSeconds { get; init; } = DefaultConfirmSeconds;

        /// <summary>The downloaded program, whose version is checked; null before that.</summary>
        public string? Downloaded { get; init; }

        /// <inheritdoc/>
        public override RunCommand? Program => Downloaded is null ? null : new RunCommand([Downloaded, "--version"]);

        /// <inheritdoc/>
        public override string Describe() => $"update of the agent to version {Version}";
    }

    private static string Count(int arguments) => arguments switch
    {
        0 => "no arguments",
        1 => "1 argument",
        _ => $"{arguments} arguments",
    };
}
