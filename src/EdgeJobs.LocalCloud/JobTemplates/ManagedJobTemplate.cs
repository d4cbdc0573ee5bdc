using System.Text;
using System.Text.Json;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.JobTemplates;

/// <summary>
/// One of AWS's managed job templates, version 1.0. Its document has placeholders <c>${aws:iot:parameter:KEY}</c>, which CreateJob
/// replaces by its <c>documentParameters</c>.
/// </summary>
internal sealed record ManagedJobTemplate
{
    public const string Version = "1.0";

    /// <summary>The longest value of a parameter, in characters.</summary>
    public const int MaxValueLength = 30720;

    private const string Placeholder = "${aws:iot:parameter:";

    private static readonly TemplateParameter RunAsUser =
        new("runAsUser", "The user that runs the handler; the agent's user by default.", "root", IsOptional: true);

    private static readonly TemplateParameter PathToHandler =
        new("pathToHandler", "The directory of the handler, or default for the agent's handler directory.", "default", IsOptional: true);

    private ManagedJobTemplate()
    {
    }

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ManagedJobTemplate> All { get; } =
    [
        Handler("AWS-Reboot", "Reboots the board.", "Reboot", "reboot.sh"),
        Handler(
            "AWS-Download-File", "Downloads a file.", "Download-File", "download-file.sh",
            new TemplateParameter("downloadUrl", "The URL of the file.", "https://example.com/pump.bin"),
            new TemplateParameter("filePath", "The path of the file on the board.", "/var/lib/pump/pump.bin")),
        Handler(
            "AWS-Install-Application", "Installs packages.", "Install-Application", "install-packages.sh",
            new TemplateParameter("packages", "The packages, separated by spaces.", "nginx mosquitto")),
        Handler(
            "AWS-Remove-Application", "Removes packages.", "Remove-Application", "remove-packages.sh",
            new TemplateParameter("packages", "The packages, separated by spaces.", "nginx mosquitto")),
        Services("AWS-Start-Application", "Starts services.", "Start-Application", "start-services.sh"),
        Services("AWS-Stop-Application", "Stops services.", "Stop-Application", "stop-services.sh"),
        Services("AWS-Restart-Application", "Restarts services.", "Restart-Application", "restart-services.sh"),
        new()
        {
            Name = "AWS-Run-Command",
            Description = "Runs a program.",
            Parameters =
            [
                new TemplateParameter(
                    "command", "The program and its arguments, separated by commas; write a comma in an argument as \\,.", "ls,-l,/tmp"),
                RunAsUser,
            ],
            Document = """
                {
                  "version": "1.0",
                  "steps": [
                    {
                      "action": {
                        "name": "Run-Command",
                        "type": "runCommand",
                        "input": { "command": "${aws:iot:parameter:command}" },
                        "runAsUser": "${aws:iot:parameter:runAsUser}"
                      }
                    }
                  ]
                }
                """,
        },
    ];

    public required string Name { get; init; }
    public required string Description { get; init; }
    public required IReadOnlyList<TemplateParameter> Parameters { get; init; }

    /// <summary>The document with its placeholders.</summary>
    public required string Document { get; init; }

    /// <summary>AWS's own templates have no account.</summary>
    public string Arn => $"arn:aws:iot:{Naming.Arn.Region}::jobtemplate/{Name}:{Version}";

    /// <summary>Finds a template by its ARN; the version may be left out.</summary>
    public static ManagedJobTemplate? Find(string arn) =>
        All.FirstOrDefault(template => arn == template.Arn || arn == template.Arn[..^(Version.Length + 1)]);

    /// <summary>The document of a job: each placeholder is replaced by its value, which is empty if it is optional and not given.</summary>
    /// <param name="values">The values by their keys.</param>
    /// <param name="fault">What is wrong with the values; null if nothing is.</param>
    public RawJson Fill(IReadOnlyDictionary<string, string> values, out string? fault)
    {
        fault = values.Keys.Where(key => !Parameters.Any(parameter => parameter.Key == key))
            .Select(key => $"{Name} has no parameter '{key}'; it has {string.Join(", ", Parameters.Select(parameter => parameter.Key))}")
            .FirstOrDefault();
        foreach (TemplateParameter parameter in Parameters)
        {
            if (!values.TryGetValue(parameter.Key, out string? value))
            {
                fault ??= parameter.IsOptional
                    ? null
                    : $"documentParameters has no '{parameter.Key}', which {Name} requires: {parameter.Description}";
            }
            else if (value.Length > MaxValueLength)
            {
                fault ??= $"the parameter '{parameter.Key}' has {value.Length} characters; at most {MaxValueLength} are allowed";
            }
        }

        // In one pass: a value may look like a placeholder.
        StringBuilder document = new();
        int at = 0;
        while (Document.IndexOf(Placeholder, at, StringComparison.Ordinal) is >= 0 and var start)
        {
            int key = start + Placeholder.Length;
            int end = Document.IndexOf('}', key);
            document.Append(Document, at, start - at);
            document.Append(JsonEncodedText.Encode(values.GetValueOrDefault(Document[key..end], "")).Value);
            at = end + 1;
        }

        return RawJson.FromText(document.Append(Document, at, Document.Length - at).ToString());
    }

    private static ManagedJobTemplate Services(string name, string description, string step, string handler) => Handler(
        name, description, step, handler, new TemplateParameter("services", "The services, separated by spaces.", "nginx mosquitto"));

    private static ManagedJobTemplate Handler(
        string name, string description, string step, string handler, params IReadOnlyList<TemplateParameter> parameters)
    {
        string arguments = string.Join(", ", parameters.Select(parameter => $"\"${{aws:iot:parameter:{parameter.Key}}}\""));
        string member = arguments.Length == 0 ? "" : $", \"args\": [{arguments}]";
        return new ManagedJobTemplate
        {
            Name = name,
            Description = description,
            Parameters = [.. parameters, PathToHandler, RunAsUser],
            Document = $$$"""
                {
                  "version": "1.0",
                  "steps": [
                    {
                      "action": {
                        "name": "{{{step}}}",
                        "type": "runHandler",
                        "input": { "handler": "{{{handler}}}"{{{member}}}, "path": "${aws:iot:parameter:pathToHandler}" },
                        "runAsUser": "${aws:iot:parameter:runAsUser}"
                      }
                    }
                  ]
                }
                """,
        };
    }
}
