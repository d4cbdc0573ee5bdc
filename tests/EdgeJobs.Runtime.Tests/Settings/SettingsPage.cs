using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Settings;

/// <summary>Writes the tables of docs/reference/settings.md, which stand between two markers.</summary>
internal static partial class SettingsPage
{
    private const string Begin = "<!-- settings:begin -->";
    private const string End = "<!-- settings:end -->";

    private static readonly Dictionary<string, string> Links = new()
    {
        ["connection"] = "[networks and proxies](../guide/network.md), [connection](../design/connection.md)",
        ["identity"] = "[certificates and keys](../guide/certificates.md)",
        ["provisioning"] = "[fleet provisioning](../guide/fleet-provisioning.md)",
        ["jobs"] = "[polling](../design/state-machine.md#polling), [step timers](../design/state-machine.md#steps)",
        ["steps"] = "[job documents and steps](../guide/job-documents.md)",
        ["agent"] = "[state machine and journal](../design/state-machine.md), [who may write to the data directory](../design/security.md#the-data-directory)",
    };

    public static string Path { get; } = Repository.PathOf("docs", "reference", "settings.md");

    public static string Write()
    {
        string page = File.ReadAllText(Path);
        int begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = page.IndexOf(End, StringComparison.Ordinal);
        StringBuilder text = new StringBuilder(page[..begin]).Append('\n');
        foreach ((string topic, Setting[] settings) in RunSettings.Topics)
        {
            text.Append(CultureInfo.InvariantCulture, $"## {char.ToUpperInvariant(topic[0])}{topic[1..]}\n\n");
            text.Append("| flag | type and range | default | meaning |\n|---|---|---|---|\n");
            foreach (Setting setting in settings)
            {
                text.Append(CultureInfo.InvariantCulture,
                    $"| `--{setting.Name}` | {Type(setting)} | {Default(setting)} | {Meaning(setting)} |\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"\nMore: {Links[topic]}.\n\n");
        }

        return text.Append(page[end..]).ToString();
    }

    private static string Type(Setting setting) =>
        setting.Value is null ? "switch"
        : setting.IsBoolean ? "`true`, `false`"
        : setting.Maximum > 0 ? string.Create(CultureInfo.InvariantCulture, $"{setting.Minimum:n0} to {setting.Maximum:n0}{Unit(setting)}")
        : setting.Choices is { } choices ? string.Join(", ", choices.Select(c => $"`{c}`"))
        : setting.Form is not null ? Code().Replace(setting.Form, "`$0`")
        : setting.Value is "FILE" or "DIR" ? "path"
        : throw new InvalidOperationException($"{setting.Name}: give its form");

    private static string Unit(Setting setting) => setting.Value switch { "SECONDS" => " s", "MINUTES" => " min", "MB" => " MB", _ => "" };

    private static string Default(Setting setting) =>
        setting.IsRequired ? Code().Replace(setting.WithoutValue!, "`$0`")
        : setting.Default is null ? setting.Absent ?? (setting.Value is null ? "off" : "none")
        : setting.Maximum > 0 ? int.Parse(setting.Default, CultureInfo.InvariantCulture).ToString("n0", CultureInfo.InvariantCulture)
        : $"`{setting.Default}`";

    private static string Meaning(Setting setting) =>
        Code().Replace(setting.Meaning, "`$0`").Replace("|", "\\|", StringComparison.Ordinal)
        + (setting.AppliesOnReload ? "; SIGHUP applies a change at once" : "");

    /// <summary>Flags, JSON, classes of characters, URLs and placeholders.</summary>
    [GeneratedRegex("""--[a-z_]+|\{.*?\}|"[^"]+"(: "[^"]+")?|\[a-z[^\]]*\]|\(pkcs11[^)]*\)|http://[^ ]+|\bHOST(:PORT)?|DATA_DIR/jobs""")]
    private static partial Regex Code();
}
