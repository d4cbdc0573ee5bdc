using System.Text.Json;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Documents;

/// <summary>Reads the input of an <c>install</c> step.</summary>
internal readonly struct InstallReader(FaultList faults)
{
    public const string StepType = "install";

    private const int MaxUnits = 20;
    private const int MaxVersion = 100;
    private static readonly string[] OfArchives = ["archive", "directory", "version", "sequence"];
    private static readonly string[] Members =
        [.. OfArchives, "package", "sha256", "signature", "signatureAlgorithm", "units", "before", "after"];

    /// <summary>Reads the input; null if it has a fault.</summary>
    public StepAction.Install? Read(JsonElement action, JsonElement input, string path, string inputPath)
    {
        StrictMembers.CheckInput(input, inputPath, StepType, Members, faults);
        StrictMembers.Refuse(
            action,
            path,
            StrictMembers.OfProcessesAndInterruptions,
            name => name == StrictMembers.OnInterruption
                ? $"an {StepType} always runs again; remove it"
                : $"an {StepType} runs its programs as the agent's user; remove it",
            faults);
        StepAction.Install install = DocumentMembers.TryGetSet(input, "package", out _)
            ? ReadPackage(input, inputPath)
            : ReadArchive(input, inputPath);
        DownloadReader file = new(faults);
        FileSignature? signature = file.Signature(input, inputPath);
        if (signature is { IsUrl: true } && !FileSignature.IsPlaceholder(signature.Value))
        {
            string place = faults.Place(inputPath, "signature");
            faults.Add(place, $"must be the signature in base64; an {StepType} requests no URL", input.GetProperty("signature"));
        }

        install = install with
        {
            Sha256 = file.Sha256(input, inputPath),
            Signature = signature,
            Units = Units(input, inputPath),
            Before = Command(input, inputPath, "before"),
            After = Command(input, inputPath, "after"),
        };
        return faults.IsEmpty ? install : null;
    }

    private StepAction.Install ReadPackage(JsonElement input, string inputPath)
    {
        static string Why(string name) => $"an {StepType} of a package has no {name}; remove it, or remove package";
        StrictMembers.Refuse(input, inputPath, OfArchives, Why, faults);
        return StepAction.Install.OfPackage(Path(input, inputPath, "package", "the absolute path of the Debian package") ?? "");
    }

    private StepAction.Install ReadArchive(JsonElement input, string inputPath)
    {
        string? archive = Path(input, inputPath, "archive", "the absolute path of the tar archive");
        string? directory = Path(input, inputPath, "directory", "the absolute path of the directory that gets the version", true);
        string? version = StrictMembers.Text(input, inputPath, StepType, "version", "the name of the version, such as 2.1", faults);
        if (version is not null && !IsVersion(version))
        {
            string fault = $"must be a version of up to {MaxVersion} letters, digits and '.', '_', '+', '~', '-', such as 2.1";
            faults.Add(faults.Place(inputPath, "version"), fault, input.GetProperty("version"));
        }

        return new StepAction.Install(archive ?? "", directory ?? "", version ?? "")
        {
            Sequence = DocumentMembers.Whole(input, inputPath, "sequence", faults),
        };
    }

    private string? Path(JsonElement input, string path, string name, string what, bool isDirectory = false) =>
        StrictMembers.Path(input, path, StepType, name, what, faults, isDirectory);

    /// <summary>Whether a unit is many others: to restart a target may switch the board off.</summary>
    private static bool IsGroup(string unit) =>
        unit.EndsWith(".target", StringComparison.Ordinal) || unit.EndsWith(".slice", StringComparison.Ordinal);

    private IReadOnlyList<string> Units(JsonElement input, string path)
    {
        IReadOnlyList<string> units = DocumentMembers.Texts(input, path, "units", faults);
        string place = faults.Place(path, "units");
        if (units.Count > MaxUnits)
        {
            faults.Add(place, $"has more than {MaxUnits} units", input.GetProperty("units"));
        }

        for (int i = 0; i < units.Count; i++)
        {
            if (units[i].Length == 0 || !HealthCheckReader.IsUnit(units[i]))
            {
                string fault = "must be the name of a systemd unit, such as pump.service";
                faults.Add(faults.Place(place, i), fault, input.GetProperty("units"));
            }
            else if (IsGroup(units[i]))
            {
                string fault = $"'{units[i]}' is a target or a slice, which stands for other units; name those";
                faults.Add(faults.Place(place, i), fault, input.GetProperty("units"));
            }
        }

        return units;
    }

    private IReadOnlyList<string> Command(JsonElement input, string path, string name)
    {
        IReadOnlyList<string> command = DocumentMembers.Texts(input, path, name, faults);
        if (command.Count > 0 && command[0].Length == 0)
        {
            faults.Add(faults.Place(path, name), "names no program in its first element", input.GetProperty(name));
        }

        return command;
    }

    /// <summary>A file name that begins with a letter or a digit, and is not that of the link.</summary>
    private static bool IsVersion(string version)
    {
        foreach (char c in version)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '+' or '~' or '-'))
            {
                return false;
            }
        }

        return version.Length <= MaxVersion && char.IsAsciiLetterOrDigit(version[0]) && version != StepAction.Install.CurrentName;
    }
}
