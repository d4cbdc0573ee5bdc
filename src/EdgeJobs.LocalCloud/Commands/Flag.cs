namespace EdgeJobs.LocalCloud.Commands;

/// <summary>One option of a command line, written <c>--snake_case</c>; <c>--kebab-case</c> means the same.</summary>
/// <param name="Name">The name in snake_case, without dashes.</param>
/// <param name="Value">What the value is called in the help, or null when the option takes none.</param>
/// <param name="Help">One line for the help.</param>
/// <param name="Many">Whether it may be repeated, and take several values at once.</param>
/// <param name="Required">Whether the command can't do without it.</param>
internal sealed record Flag(string Name, string? Value, string Help, bool Many = false, bool Required = false);
