namespace EdgeJobs.LocalCloud.Commands;

/// <summary>A command-line option, written <c>--snake_case</c> or <c>--kebab-case</c>.</summary>
/// <param name="Name">The name in snake_case, without dashes.</param>
/// <param name="Value">The placeholder of the value in the help text, or null if the option takes no value.</param>
/// <param name="Help">One line for the help text.</param>
/// <param name="IsRepeatable">Whether it may be repeated and may take several values at once.</param>
/// <param name="Required">Whether the command requires it.</param>
internal sealed record Flag(string Name, string? Value, string Help, bool IsRepeatable = false, bool Required = false);
