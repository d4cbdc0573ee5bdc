using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Commands;

/// <summary>What becomes of the settings of an AWS IoT Device Client.</summary>
internal sealed class DeviceClientMigration
{
    private const string Todo = "todo    ";
    private const string KeyOrigin = "provisioning_key";
    private readonly Dictionary<string, string> _settings = [];
    private readonly List<string> _lines = [];
    private readonly DeviceClientMembers _members;
    private readonly string? _home;

    // Which rows of the table apply: P the board gets its identity by a claim, I it already has it, T its key is in a token, H it has a
    // proxy.
    private readonly string _conditions;

    private DeviceClientMigration(DeviceClientMembers members, string? home)
    {
        _members = members;
        _home = home;
        bool isProvisioned = members.IsOn("runtime-config.completed-fp");
        _conditions = (isProvisioned ? "I" : members.IsOn("fleet-provisioning.enabled") ? "P" : string.Empty)
            + (members.IsOn("secure-element.enabled") ? "T" : string.Empty)
            + (members.IsOn("http-proxy-enabled") ? "H" : string.Empty);
    }

    /// <summary>One line for each member, and one for what the result lacks.</summary>
    public List<string> Lines => _lines;

    /// <summary>Whether there is a line <c>todo</c>.</summary>
    public bool NeedsWork { get; private set; }

    // MEMBER|CONDITIONS|SETTING|NOTE: the first row of a member that applies. The setting "-" means that none is needed, an empty one that
    // none exists. A member that ends with .* stands for all below it. The note of a secret is the path of its file. In UTF-8: string
    // literals would need twice the space in the binary.
    private static ReadOnlySpan<byte> Table => """
        endpoint||endpoint|
        cert|P|claim_cert|
        cert|I|-|runtime-config.cert replaces it
        cert||cert|the agent's user must be able to read it
        key|T|-|the secure element has the key
        key|P|claim_key|
        key|I|-|runtime-config.key replaces it
        key||key|the agent's user must be able to read it
        root-ca||ca_file|
        thing-name|P|-|the provisioning template names the thing
        thing-name|I|-|runtime-config.thing-name replaces it
        thing-name||thing_name|
        jobs.enabled||-|the agent always runs jobs
        jobs.handler-directory||handler_dir|directory and handlers must belong to root or to the agent's user
        logging.level||log_level|
        logging.*|||the agent logs to stderr, which systemd's journal keeps
        fleet-provisioning.enabled|P|-|
        fleet-provisioning.template-name|P|provisioning_template|
        fleet-provisioning.template-parameters|P|provisioning_parameters|
        fleet-provisioning.csr-file|P|-|the agent creates the request itself
        fleet-provisioning.device-key|P|-|the agent creates the key itself
        fleet-provisioning.collect-system-information|P||use provisioning_parameters with file: values
        runtime-config.completed-fp|I|-|
        runtime-config.cert|I|cert|the agent's user must be able to read it
        runtime-config.key|T|-|the secure element has the key
        runtime-config.key|I|key|the agent's user must be able to read it
        runtime-config.thing-name|I|thing_name|
        runtime-config.device-config|I||the agent does not use it
        http-proxy-enabled|H|-|
        http-proxy-host|H|proxy|
        http-proxy-port|H|-|part of proxy
        http-proxy-auth-method|H|-|
        http-proxy-username|H|-|part of proxy
        http-proxy-password|H|proxy_password_file|/etc/edgejobs/proxy-password
        secure-element.enabled|T|-|
        secure-element.pkcs11-lib|T|-|part of key
        secure-element.secure-element-pin|T|key_passphrase_file|/etc/edgejobs/key-passphrase
        secure-element.secure-element-key-label|PT|claim_key|
        secure-element.secure-element-key-label|T|key|
        secure-element.secure-element-token-label|T|-|part of key
        secure-element.secure-element-slot-id|T||name the token by its label
        tunneling.*|||
        device-defender.*|||
        samples.*|||
        sample-shadow.*|||
        config-shadow.*|||
        sensor-publish.*|||

        """u8;

    public static DeviceClientMigration Of(DeviceClientMembers members, string? home)
    {
        DeviceClientMigration migration = new(members, home);
        foreach (string member in members.Names)
        {
            migration.Add(member, members.Find(member));
        }

        migration.AddKeyOrigin();
        migration.Check();
        return migration;
    }

    /// <summary>The configuration file.</summary>
    public string ToJson()
    {
        ArrayBufferWriter<byte> buffer = new();
        JsonWriterOptions options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (Utf8JsonWriter writer = new(buffer, options))
        {
            writer.WriteStartObject();
            writer.WriteString("$schema", "file:///usr/share/edgejobs/edgejobs.schema.json");
            foreach (Setting setting in RunSettings.All)
            {
                if (_settings.TryGetValue(setting.Name, out string? text))
                {
                    writer.WriteString(setting.Name, text);
                }
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    /// <summary>The row of a member.</summary>
    /// <returns>Null if the table does not have it.</returns>
    private string[]? Find(string member)
    {
        string[]? row = null;
        foreach (string line in Encoding.UTF8.GetString(Table).Split('\n'))
        {
            string[] cells = line.Split('|');
            string name = cells[0];
            if (name == member || (name.EndsWith('*') && member.StartsWith(name[..^1], StringComparison.Ordinal)))
            {
                if (_conditions.Contains(cells[1], StringComparison.Ordinal))
                {
                    return cells;
                }

                row = [name, cells[1], "-", "not in use"];
            }
        }

        return row;
    }

    private void Add(string member, string text)
    {
        string[]? row = Find(member);
        string section = member[..Math.Max(member.LastIndexOf('.'), 0)];
        if (row is null)
        {
            Line("unknown ", member, "not a member of the Device Client's configuration; check its spelling");
        }
        else if (member == "jobs.enabled" && text == "false")
        {
            Line(Todo, member, "the agent always runs jobs; start it only on a board that may");
        }
        else if (text is "" or "false" || _members.Find(section + ".enabled") == "false")
        {
            Line("off     ", member, "not in use");
        }
        else if (row[2].Length == 0)
        {
            Line("none    ", member, row[3].Length > 0 ? row[3] : "the Device Client can go on doing this, with a client id of its own");
        }
        else if (row[2] == "-")
        {
            Line("off     ", member, row[3].Length > 0 ? row[3] : "a switch that the agent does not need");
        }
        else
        {
            Set(member, row[2], text, row[3]);
        }
    }

    private void Set(string member, string setting, string text, string note)
    {
        if (note.StartsWith('/'))
        {
            _settings[setting] = note;
            Line(Todo, member, $"{setting}; secrets are not copied: write it to {note}, mode 600, owned by the agent's user");
            return;
        }

        if (text.StartsWith("<replace_with", StringComparison.Ordinal))
        {
            Line(Todo, member, "a placeholder; set " + setting);
            return;
        }

        text = setting switch
        {
            "log_level" => text.ToLowerInvariant() is "warn" ? "warning" : text.ToLowerInvariant(),
            "proxy" => Proxy(text),
            _ => member.EndsWith("-key-label", StringComparison.Ordinal) ? TokenKey(text) : text,
        };
        if (text.StartsWith("~/", StringComparison.Ordinal) && _home is not null)
        {
            text = _home + text[1..];
        }

        _settings[setting] = text;
        Line("set     ", member, note.Length > 0 ? $"{setting}; {note}" : setting);
    }

    private string Proxy(string host)
    {
        bool hasUser = _members.Find("http-proxy-auth-method") == "UserNameAndPassword";
        string user = hasUser ? Escape(_members.Find("http-proxy-username")) + "@" : string.Empty;
        return "http://" + user + host + ":" + _members.Find("http-proxy-port");
    }

    private string TokenKey(string label)
    {
        string token = _members.Find("secure-element.secure-element-token-label");
        string library = _members.Find("secure-element.pkcs11-lib");
        return "pkcs11:" + (token.Length == 0 ? token : "token=" + Escape(token) + ";") + "object=" + Escape(label)
            + (library.Length == 0 ? library : "?module-path=" + library);
    }

    /// <summary>Percent-encodes what means something in a URI. System.Uri would add 2 KB to the binary.</summary>
    private static string Escape(string text)
    {
        StringBuilder escaped = new();
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            char c = (char)b;
            escaped.Append(char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' ? c.ToString() : "%" + Convert.ToHexString([b]));
        }

        return escaped.ToString();
    }

    /// <summary>
    /// Without a request and a key of its own, the Device Client lets the service create the key: the claim's policy may allow only that.
    /// </summary>
    private void AddKeyOrigin()
    {
        if (_settings.ContainsKey("provisioning_template"))
        {
            bool hasRequest = _members.Find("fleet-provisioning.csr-file").Length > 0;
            bool hasKey = _members.Find("fleet-provisioning.device-key").Length > 0;
            _settings[KeyOrigin] = hasRequest && hasKey ? "board" : "service";
            Line("set     ", "fleet-provisioning", KeyOrigin + "; as the Device Client");
        }
    }

    /// <summary>Checks the settings as the agent does at its start.</summary>
    private void Check()
    {
        SettingValues values = new();
        foreach ((string name, string text) in _settings)
        {
            values.Add(name, new SettingValue(text, name));
        }

        try
        {
            _ = SettingsReader.Read(values);
        }
        catch (UsageException e)
        {
            NeedsWork = true;
            _lines.Add(Todo + e.Message);
        }
    }

    private void Line(string state, string member, string text)
    {
        NeedsWork |= state == Todo;
        _lines.Add(state + member + ": " + text);
    }
}
