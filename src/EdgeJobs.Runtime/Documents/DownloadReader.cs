using System.Text.Json;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Documents;

/// <summary>Reads the input of a <c>download</c> step, and what another step downloads.</summary>
/// <param name="faults">Gets the faults.</param>
/// <param name="type">The type of the step, for messages.</param>
internal readonly struct DownloadReader(FaultList faults, string type = DownloadReader.StepType)
{
    public const string StepType = "download";

    private const int MaxUrls = 10;
    private const int Sha256Digits = 64;
    private static readonly string[] Members = ["url", "path", "sha256", "signature", "signatureAlgorithm", "size", "mode", "owner"];

    /// <summary>Reads the input; null if it has a fault.</summary>
    public StepAction.Download? Read(JsonElement action, JsonElement input, string path, string inputPath)
    {
        StrictMembers.CheckInput(input, inputPath, StepType, Members, faults);
        StrictMembers.Refuse(
            action,
            path,
            StrictMembers.OfProcesses,
            name => $"a {StepType} runs no program; "
                + (name == StrictMembers.RunAsUser ? "name the user that gets the file in input.owner" : "remove it"),
            faults);
        string? file = StrictMembers.Path(input, inputPath, StepType, "path", "the absolute path of the file", faults);
        StepAction.Download download = ReadFile(input, inputPath) with
        {
            Path = file ?? "",
            Mode = Mode(input, inputPath),
            Owner = DocumentMembers.Text(input, inputPath, "owner", faults),
        };
        return faults.IsEmpty ? download : null;
    }

    /// <summary>Reads where the file is and how it is checked.</summary>
    public StepAction.Download ReadFile(JsonElement input, string path)
    {
        StepAction.Download download = new(Urls(input, path), "")
        {
            Sha256 = Sha256(input, path),
            Signature = Signature(input, path),
            Size = DocumentMembers.Whole(input, path, "size", faults),
        };
        CheckPlainHttp(download, input, path);
        return download;
    }

    private List<string> Urls(JsonElement input, string path)
    {
        if (DocumentMembers.TryGet(input, "url", JsonValueKind.Array, out JsonElement array))
        {
            List<string> texts = [];
            string place = faults.Place(path, "url");
            DocumentMembers.AddElements(texts, array, place, faults);
            if (array.GetArrayLength() is 0 or > MaxUrls)
            {
                faults.Add(place, $"must have 1 to {MaxUrls} elements", array);
            }

            int index = 0;
            foreach (string text in texts)
            {
                CheckUrl(text, faults.Place(place, index++), array);
            }

            return texts;
        }

        const string What = "the URL of the file, https://HOST/PATH, or an array of URLs";
        if (StrictMembers.Text(input, path, type, "url", What, faults) is not { } url)
        {
            return [];
        }

        CheckUrl(url, faults.Place(path, "url"), input.GetProperty("url"));
        return [url];
    }

    private void CheckUrl(string text, string place, JsonElement element)
    {
        // A placeholder is valid in a document, and replaced before a board gets it.
        if (DownloadUrl.Parse(text, out string? fault) is null && !DownloadUrl.IsPlaceholder(text))
        {
            faults.Add(place, fault!, element);
        }
    }

    /// <summary>The checksum of a file; null if it has none.</summary>
    public string? Sha256(JsonElement input, string path)
    {
        if (DocumentMembers.Text(input, path, "sha256", faults) is not { } text)
        {
            return null;
        }

        bool isValid = text.Length == Sha256Digits;
        foreach (char c in text)
        {
            isValid &= char.IsAsciiHexDigit(c);
        }

        if (!isValid)
        {
            faults.Add(faults.Place(path, "sha256"), $"must be {Sha256Digits} hexadecimal digits", input.GetProperty("sha256"));
        }

        return text.ToLowerInvariant();
    }

    /// <summary>The signature of a file; null if it has none.</summary>
    public FileSignature? Signature(JsonElement input, string path)
    {
        string? algorithm = DocumentMembers.Text(input, path, "signatureAlgorithm", faults);
        if (algorithm is not null && Array.IndexOf(FileSignature.Algorithms, algorithm) < 0)
        {
            string known = string.Join(", ", FileSignature.Algorithms);
            faults.Add(faults.Place(path, "signatureAlgorithm"), $"must be one of {known}", input.GetProperty("signatureAlgorithm"));
        }

        if (DocumentMembers.Text(input, path, "signature", faults) is not { } text)
        {
            return null;
        }

        string? fault = null;
        FileSignature signature = new(text, algorithm ?? FileSignature.DefaultAlgorithm);
        if (!FileSignature.IsPlaceholder(text)
            && (signature.IsUrl ? DownloadUrl.Parse(text, out fault) is null : FileSignature.Decode(text) is null))
        {
            fault ??= "must be the signature in base64, or the URL of a file with it";
            faults.Add(faults.Place(path, "signature"), fault, input.GetProperty("signature"));
        }

        return signature;
    }

    private uint Mode(JsonElement input, string path)
    {
        if (DocumentMembers.Text(input, path, "mode", faults) is not { } text)
        {
            return StepAction.Download.DefaultMode;
        }

        ReadOnlySpan<char> digits = text.Length == 4 && text[0] == '0' ? text.AsSpan(1) : text;
        if (digits.Length == 3 && !digits.ContainsAnyExceptInRange('0', '7'))
        {
            return (uint)(((digits[0] - '0') << 6) | ((digits[1] - '0') << 3) | (digits[2] - '0'));
        }

        faults.Add(faults.Place(path, "mode"), "must be the permissions in octal, such as \"644\"", input.GetProperty("mode"));
        return StepAction.Download.DefaultMode;
    }

    /// <summary>Anyone on the way can change what comes over HTTP.</summary>
    private void CheckPlainHttp(StepAction.Download download, JsonElement input, string path)
    {
        foreach (string text in download.Urls)
        {
            if (!download.HasProof && DownloadUrl.Parse(text, out _) is { IsSecure: false })
            {
                string place = faults.Place(path, "sha256");
                faults.Add(place, "missing; without TLS, a download needs the checksum or the signature of the file", input);
                return;
            }
        }
    }
}
