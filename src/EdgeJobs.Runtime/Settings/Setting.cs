namespace EdgeJobs.Runtime.Settings;

/// <summary>Adds a value to the settings.</summary>
internal delegate AgentSettings ApplySetting(AgentSettings settings, SettingValue value);

internal delegate bool CheckText(ReadOnlySpan<char> text);

/// <summary>
/// One setting. It has the same name as a flag (<c>--thing_name</c>), in the file (<c>"thing_name"</c>) and in the environment
/// (<c>EDGEJOBS__THING_NAME</c>).
/// </summary>
/// <param name="name">The name in snake_case.</param>
/// <param name="value">The placeholder of the value in the help; null for a switch.</param>
/// <param name="meaning">One sentence.</param>
internal sealed class Setting(string name, string? value, string meaning)
{
    private const string Boolean = "true|false";

    public string Name { get; } = name;

    public string? Value { get; } = value;

    public string Meaning { get; } = meaning;

    /// <summary>The value that applies if none is set.</summary>
    public string? Default { get; init; }

    /// <summary>What applies if no value is set and there is no <see cref="Default"/>.</summary>
    public string? Absent { get; init; }

    public bool IsRequired { get; init; }

    /// <summary>The setting that makes this one optional.</summary>
    public string? Unless { get; init; }

    /// <summary>The setting that this one cannot be combined with.</summary>
    public string? Excludes { get; init; }

    /// <summary>The setting that this one depends on.</summary>
    public string? Needs { get; init; }

    /// <summary>The smallest number.</summary>
    public int Minimum { get; init; }

    /// <summary>The largest number; 0 if the value is no number.</summary>
    public int Maximum { get; init; }

    /// <summary>All values; null for any.</summary>
    public string[]? Choices { get; init; }

    /// <summary>The form of a text, which <see cref="IsValid"/> checks.</summary>
    public string? Form { get; init; }

    public CheckText? IsValid { get; init; }

    /// <summary>Whether a change takes effect with SIGHUP, not only with the next start.</summary>
    public bool AppliesOnReload { get; init; }

    /// <summary>Null if <see cref="SettingsReader"/> reads the setting together with another.</summary>
    public ApplySetting? Apply { get; init; }

    public bool IsBoolean => Value is null or Boolean;

    /// <summary>The values that can be used, in words; null for any.</summary>
    public string? Expected =>
        IsBoolean ? "true or false"
        : Maximum > 0 ? $"a whole number from {Minimum} to {Maximum}"
        : Choices is not null ? $"{string.Join(", ", Choices[..^1])} or {Choices[^1]}"
        : Form;

    /// <summary>What applies without a value, in words.</summary>
    public string? WithoutValue =>
        IsRequired ? Unless is null ? "required" : $"required unless --{Unless} is set"
        : Default is not null ? $"default {Default}"
        : Absent;

    public bool CanBe(string text) =>
        IsBoolean ? SettingNames.Same(text, "true") || SettingNames.Same(text, "false")
        : Maximum > 0 ? SettingValue.TryParse(text, out int number) && number >= Minimum && number <= Maximum
        : Choices is not null ? Array.IndexOf(Choices, text) >= 0
        : IsValid is null || IsValid(text);
}
