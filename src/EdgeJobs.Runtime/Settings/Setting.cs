namespace EdgeJobs.Runtime.Settings;

/// <summary>One setting: its name is the same as a flag (<c>--thing_name</c>), in a file (<c>"thing_name"</c>) and in the environment (<c>EDGEJOBS__THING_NAME</c>).</summary>
/// <param name="Name">In snake_case.</param>
/// <param name="Value">What stands for the value in help, or null for a switch.</param>
/// <param name="Help">One line.</param>
internal sealed record Setting(string Name, string? Value, string Help)
{
    public const string EnvironmentPrefix = "EDGEJOBS__";

    /// <summary>The settings of <c>edgejobs run</c>, in the order of its help.</summary>
    public static readonly Setting[] Run =
    [
        new("endpoint", "HOST[:PORT]", "the MQTT server; without a port 8883, and 443 when that is blocked"),
        new("cert", "FILE", "the thing's certificate, PEM"),
        new("key", "FILE", "the thing's private key, PEM, or a token's (pkcs11:token=board;object=thing)"),
        new("key_passphrase_file", "FILE", "the file that holds the passphrase of an encrypted key, or a token's PIN; the credential key_passphrase of systemd when it is left out"),
        new("thing_name", "NAME", "the thing"),
        new("provisioning_template", "NAME", "get certificate, key and thing name by this template of AWS IoT fleet provisioning, once; instead of --cert and --key"),
        new("claim_cert", "FILE", "the claim certificate to get them with, PEM; not needed any more once the board has its own"),
        new("claim_key", "FILE", "its private key, PEM"),
        new("provisioning_parameters", "JSON|FILE", "the template's parameters: {\"NAME\": \"VALUE\"}, or a file that holds that; \"file:/PATH\" as value is what that file holds"),
        new("provisioning_key", "board|service", "who makes the board's private key; board, which keeps it, when it is left out"),
        new("ca_file", "FILE", "the CA that certifies the server, PEM; the system's trust when it is left out"),
        new("client_id", "ID", "the MQTT client id; the thing name when it is left out"),
        new("job_id", "ID", "describe and run this job alone, then end"),
        new("once", null, "end when nothing is pending"),
        new("mqtt_version", "5|3", "MQTT 5, or 3 for 3.1.1; 5 when it is left out"),
        new("proxy", "URL", "http://[USER@]HOST:PORT of an HTTP proxy to go through, or none; https_proxy and all_proxy of the environment when it is left out, but for hosts in no_proxy"),
        new("proxy_password_file", "FILE", "the password of the proxy's user; the systemd credential proxy_password when it is left out"),
        new("wait_for_server", null, "keep trying when the first connection fails, instead of ending with exit code 3 or 4"),
        new("session_expiry", "SECONDS", "how long the server keeps the session of a lost connection, 0 to 604800 (MQTT 5); 3600 when it is left out"),
        new("clean_start", "true|false", "whether the first connection discards an earlier session; true when it is left out"),
        new("data_dir", "DIR", "the agent's own directory, in which steps begin; " + AgentSettings.DefaultDataDirectory + " when it is left out"),
        new("handler_dir", "DIR", "where handlers are; " + AgentSettings.DefaultHandlerDirectory + " when it is left out"),
        new("keep_alive", "SECONDS", "the longest silence before a ping, 30 to 1200; 60 when it is left out"),
        new("stop_grace", "SECONDS", "how long a step may take to end when the agent stops, and once more between SIGTERM and SIGKILL, 0 to 3600; 10 when it is left out"),
        new("keep_jobs", "N", "of how many jobs the full output stays in DATA_DIR/jobs, 0 to 1000; 10 when it is left out"),
        new("limit_output_mb", "MB", "the most that is kept of each step's stdout, and of its stderr, 1 to 1024; 1 when it is left out"),
        new("limit_memory_mb", "MB", "the most memory that a step may use, 1 to 1048576; any when it is left out"),
        new("limit_cpu_seconds", "SECONDS", "the most CPU time that a process of a step may use, 1 to 31536000; any when it is left out"),
        new("limit_open_files", "N", "the most descriptors that a process of a step may have open, 8 to 1048576; the agent's own limit when it is left out"),
        new("step_timer", "MINUTES", "let the service time a job out when the board falls silent for so long in a step without timeoutSeconds, 1 to 10080; never when it is left out"),
        new("poll_interval", "MINUTES", "ask for jobs after a random time of up to this, in case a notification was lost, 0 to 10080; 60 when it is left out, 0 for never"),
        new("log_level", "LEVEL", "debug, info, warning or error; info when it is left out"),
        new("config", "FILE", "a JSON file with any of these settings"),
    ];
}
