using System.Text;
using EdgeJobs.Client;
using EdgeJobs.Protocol;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Settings;

/// <summary>
/// The settings of <c>edgejobs run</c>: each in one row, which drives the command line, the environment, the file, the checks, the
/// help, the reload, docs/reference/settings.md and packaging/edgejobs.schema.json.
/// </summary>
internal static class RunSettings
{
    private const string Template = "provisioning_template";
    private const int MaxClientIdBytes = 128;

    /// <summary>The settings by topic. They are applied in this order.</summary>
    public static readonly (string Topic, Setting[] Settings)[] Topics =
    [
        ("connection",
        [
            new("endpoint", "HOST[:PORT]", "the MQTT server; without a port 8883, then 443 if that is blocked")
            {
                IsRequired = true,
                Form = EndpointReader.Form,
                Apply = EndpointReader.Apply,
            },
            new("ca_file", "FILE", "the certificate authorities to trust, PEM; the system's trust store is then not used")
            {
                Absent = "the system's trust store",
                Apply = (s, v) => s with { Connection = s.Connection with { CaFile = v.Text } },
            },
            new("proxy", "URL", "the HTTP proxy to connect through, or none; hosts in no_proxy are exempt from https_proxy and all_proxy")
            {
                Form = "http://[USER@]HOST:PORT or none",
                Absent = "https_proxy or all_proxy of the environment",
            },
            new("proxy_password_file", "FILE", "the file with the password of the proxy's user")
            {
                Absent = "systemd credential proxy_password",
            },
            new("mqtt_version", "5|3", "the MQTT version; 3 is MQTT 3.1.1")
            {
                Choices = ["5", "3", "3.1.1"],
                Default = "5",
                Apply = (s, v) => s with { Connection = s.Connection with { Version = v.Text == "5" ? MqttVersion.V5 : MqttVersion.V311 } },
            },
            new("keep_alive", "SECONDS", "the longest silence before a ping")
            {
                Minimum = 30,
                Maximum = 1_200,
                Default = "60",
                Apply = (s, v) => s with { Connection = s.Connection with { KeepAlive = v.Seconds } },
            },
            new("session_expiry", "SECONDS", "how long the server keeps the session of a lost connection (MQTT 5)")
            {
                Maximum = 604_800,
                Default = "3600",
                Apply = (s, v) => s with { Connection = s.Connection with { SessionExpiry = v.Seconds } },
            },
            new("clean_start", "true|false", "whether the first connection discards an earlier session")
            {
                Default = "true",
                Apply = (s, v) => s with { Connection = s.Connection with { CleanStart = v.IsOn } },
            },
            new("wait_for_server", null, "retry when the first connection fails, instead of exiting with code 3 or 4")
            {
                Apply = (s, v) => s with { WaitForServer = v.IsOn },
            },
        ]),
        ("identity",
        [
            new("thing_name", "NAME", "the thing whose jobs to run")
            {
                IsRequired = true,
                Unless = Template,
                Form = "1 to 128 characters of [a-zA-Z0-9:_-]",
                IsValid = JobsTopics.IsThingName,
                Apply = (s, v) => s with { ThingName = v.Text!, Connection = s.Connection with { ClientId = v.Text! } },
            },
            new("client_id", "ID", "the MQTT client id")
            {
                Form = "1 to 128 bytes of UTF-8",
                IsValid = text => Encoding.UTF8.GetByteCount(text) <= MaxClientIdBytes,
                Absent = "the thing name",
                Apply = (s, v) => s with { Connection = s.Connection with { ClientId = v.Text! } },
            },
            new("cert", "FILE", "the thing's certificate, PEM, with the intermediates that the server needs")
            {
                IsRequired = true,
                Unless = Template,
                Excludes = Template,
                Apply = (s, v) => s with { Connection = s.Connection with { CertificateFile = v.Text } },
            },
            new("key", "FILE", "the thing's private key, PEM, or a token's (pkcs11:token=board;object=thing)")
            {
                IsRequired = true,
                Unless = Template,
                Excludes = Template,
                Apply = (s, v) => s with { Connection = s.Connection with { KeyFile = v.Text } },
            },
            new("key_passphrase_file", "FILE", "the file with the passphrase of an encrypted key, or the PIN of a token")
            {
                Absent = "systemd credential key_passphrase",
                Apply = (s, v) => s with { Connection = s.Connection with { KeyPassphraseFile = v.Text } },
            },
        ]),
        ("provisioning",
        [
            new(
                Template,
                "NAME",
                "get certificate, key and thing name by this template of AWS IoT fleet provisioning; replaces --cert, --key and "
                    + "--thing_name")
            {
                Form = "1 to 36 characters of [a-zA-Z0-9_-]",
                IsValid = JobsTopics.IsTemplateName,
                Apply = (s, v) => s with { Provisioning = new ProvisioningSettings { Template = v.Text! } },
            },
            new("claim_cert", "FILE", "the claim certificate, PEM; not needed once the board has its own certificate")
            {
                Needs = Template,
                Apply = (s, v) => s with { Provisioning = s.Provisioning! with { ClaimCertificate = v.Text } },
            },
            new("claim_key", "FILE", "the private key of the claim certificate, PEM")
            {
                Needs = Template,
                Apply = (s, v) => s with { Provisioning = s.Provisioning! with { ClaimKey = v.Text } },
            },
            new(
                "provisioning_parameters",
                "JSON|FILE",
                "the template's parameters, {\"NAME\": \"VALUE\"}; for \"file:/PATH\" as a value, the file's content")
            {
                Needs = Template,
                Form = "a JSON object of strings, or a path",
                Apply = (s, v) => s with { Provisioning = s.Provisioning! with { Parameters = v.Text } },
            },
            new("provisioning_key", "board|service", "who creates the board's private key")
            {
                Needs = Template,
                Choices = ["board", "service"],
                Default = "board",
                Apply = (s, v) => s with { Provisioning = s.Provisioning! with { IsKeyOfService = v.Text == "service" } },
            },
        ]),
        ("jobs",
        [
            new("job_id", "ID", "run only this job, then exit")
            {
                Form = "1 to 64 characters of [a-zA-Z0-9_-]",
                IsValid = JobsTopics.IsJobIdOfUpdateJobExecution,
                Apply = (s, v) => s with { JobId = v.Text, Mode = RunMode.SingleJob },
            },
            new("once", null, "exit when no job is pending")
            {
                Excludes = "job_id",
                Apply = (s, v) => v.IsOn ? s with { Mode = RunMode.Once } : s,
            },
            new("poll_interval", "MINUTES", "ask for jobs after a random time up to this, in case a notification was lost; 0 is never")
            {
                Maximum = 10_080,
                Default = "60",
                Apply = (s, v) => s with { PollInterval = v.Minutes },
            },
            new("step_timer", "MINUTES", "the service times a job out after this silence of the board in a step without timeoutSeconds")
            {
                Minimum = 1,
                Maximum = 10_080,
                Absent = "no step timer",
                Apply = (s, v) => s with { StepTimer = v.Number },
            },
        ]),
        ("steps",
        [
            new("handler_dir", "DIR", "the directory of handlers with \"path\": \"default\"")
            {
                Default = "/etc/edgejobs/handlers",
                Apply = (s, v) => s with { HandlerDirectory = v.Text! },
            },
            new("trusted_keys", "DIR", "the directory of the public keys and certificates (*.pem) for signatures of downloads")
            {
                Absent = "no keys",
                Apply = (s, v) => s with { TrustedKeys = v.Text },
            },
            new("download_certificate_hosts", "HOSTS", "the web servers that get the thing's certificate on request, with commas between")
            {
                Form = "HOST[,HOST]",
                Absent = "none",
                Apply = (s, v) => s with { CertificateHosts = HostNames(v) },
            },
            new("limit_download_kbytes", "KB", "how many KB a second a download may take")
            {
                Minimum = 1,
                Maximum = 1_048_576,
                Absent = "no limit",
                Apply = (s, v) => s with { DownloadBytesPerSecond = v.Number * 1024L },
            },
            new("stop_grace", "SECONDS", "how long a step may take to end after SIGTERM, and may continue when the agent stops")
            {
                Maximum = 3_600,
                Default = "10",
                Apply = (s, v) => s with { StopGrace = v.Seconds },
            },
            new("keep_jobs", "N", "for how many jobs to keep the full output in DATA_DIR/jobs")
            {
                Maximum = 1_000,
                Default = "10",
                Apply = (s, v) => s with { KeepJobs = v.Number },
            },
            new("limit_output_mb", "MB", "how much to keep of each step's stdout, and of its stderr")
            {
                Minimum = 1,
                Maximum = 1_024,
                Default = "1",
                Apply = (s, v) => s with { MaxOutputBytes = v.Megabytes },
            },
            new("limit_memory_mb", "MB", "how much memory a step may use")
            {
                Minimum = 1,
                Maximum = 1_048_576,
                Absent = "no limit",
                Apply = (s, v) => s with { Limits = s.Limits with { MemoryBytes = v.Megabytes } },
            },
            new("limit_cpu_seconds", "SECONDS", "how much CPU time a process of a step may use")
            {
                Minimum = 1,
                Maximum = 31_536_000,
                Absent = "no limit",
                Apply = (s, v) => s with { Limits = s.Limits with { CpuSeconds = v.Number } },
            },
            new("limit_open_files", "N", "how many descriptors a process of a step may have open")
            {
                Minimum = 8,
                Maximum = 1_048_576,
                Absent = "the agent's own limit",
                Apply = (s, v) => s with { Limits = s.Limits with { OpenFiles = v.Number } },
            },
        ]),
        ("agent",
        [
            new("data_dir", "DIR", "the agent's own directory: journal, output, working directory of steps")
            {
                Default = AgentSettings.DefaultDataDirectory,
                Apply = (s, v) => s with { DataDirectory = v.Text! },
            },
            new("log_level", "debug|info|warning|error", "the lowest level to log")
            {
                Choices = ["debug", "info", "warning", "error"],
                Default = "info",
                AppliesOnReload = true,
                Apply = (s, v) => s with
                {
                    LogLevel = v.Text switch
                    {
                        "debug" => LogLevel.Debug,
                        "info" => LogLevel.Information,
                        "warning" => LogLevel.Warning,
                        _ => LogLevel.Error,
                    },
                },
            },
            new("config", "FILE", "a JSON file with any of the other settings"),
        ]),
    ];

    /// <summary>All settings in order.</summary>
    public static readonly Setting[] All = Flatten();

    public static Setting DataDirectory { get; } = SettingNames.Find("data_dir", All)!;

    public static Setting Configuration { get; } = SettingNames.Find("config", All)!;

    private static string[] HostNames(SettingValue value)
    {
        string[] names = value.Text!.Split(',', StringSplitOptions.TrimEntries);
        return Array.Find(names, n => !TextFormats.IsHostName(n)) is { } name
            ? throw value.Fault($"'{name}' is not a host name; write names with commas between: files.example.com,eu.example.com")
            : names;
    }

    private static Setting[] Flatten()
    {
        List<Setting> all = [];
        foreach ((_, Setting[] settings) in Topics)
        {
            all.AddRange(settings);
        }

        return [.. all];
    }
}
