using System.Text;
using System.Text.Json;
using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Provisioning;

/// <summary>
/// Reads the parameters of a template. A value that begins with <c>file:</c> is what that file holds, such as the board's serial
/// number, so that all boards of a fleet can have the same configuration.
/// </summary>
internal static class ProvisioningParameters
{
    private const string FilePrefix = "file:";
    private const int MaxValueBytes = 4096;
    private const int MaxFileBytes = 128 * 1024;

    // What ends a line, and the NUL with which the device tree ends its texts.
    private static readonly char[] Ends = [' ', '\t', '\r', '\n', '\0'];

    /// <summary>Reads them.</summary>
    /// <param name="text">The JSON object itself, or the name of a file that holds it; null for none.</param>
    /// <exception cref="UsageException">They can't be read. The message names members, never values.</exception>
    public static ValueMap<string> Read(string? text)
    {
        if (text is null)
        {
            return ValueMap<string>.Empty;
        }

        bool isJson = text.AsSpan().TrimStart().StartsWith('{');
        string place = isJson ? "--provisioning_parameters" : text;
        byte[] json = isJson ? Encoding.UTF8.GetBytes(text) : ReadFile(text, "--provisioning_parameters", MaxFileBytes);
        List<KeyValuePair<string, string>> values = [];
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new UsageException($"{place}: holds no JSON object; write {{\"NAME\": \"VALUE\"}}, a member for each parameter of the template");
            }

            foreach (JsonProperty member in document.RootElement.EnumerateObject())
            {
                if (member.Value.ValueKind != JsonValueKind.String)
                {
                    throw new UsageException($"{place}: the value of \"{member.Name}\" is no string; templates take strings only, write it in quotes");
                }

                if (values.Exists(v => v.Key == member.Name))
                {
                    throw new UsageException($"{place}: \"{member.Name}\" stands twice; leave one out");
                }

                values.Add(new(member.Name, Resolve(member.Value.GetString()!, $"{place}: \"{member.Name}\"")));
            }
        }
        catch (InvalidOperationException)
        {
            throw new UsageException($"{place}: holds half of a surrogate pair (\\ud800 to \\udfff), which is no character; remove it");
        }
        catch (JsonException e)
        {
            throw new UsageException($"{place}: is no JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}); write {{\"NAME\": \"VALUE\"}}, or name the file that holds it");
        }

        return new ValueMap<string>([.. values]);
    }

    private static string Resolve(string value, string place)
    {
        if (!value.StartsWith(FilePrefix, StringComparison.Ordinal))
        {
            return value;
        }

        string file = value[FilePrefix.Length..];
        string text = Encoding.UTF8.GetString(ReadFile(file, place, MaxValueBytes)).Trim(Ends);
        return text.Length > 0 ? text : throw new UsageException($"{place}: the file {file} is empty; name one that holds the value");
    }

    private static byte[] ReadFile(string file, string place, int most)
    {
        try
        {
            byte[] content = PrivateFile.ReadForeign(Path.GetFullPath(file), most) ?? throw new IOException("there is no such file");
            return content.Length <= most ? content : throw new UsageException($"{place}: the file {file} has more than {most} bytes; name one that holds no more than is needed");
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            throw new UsageException($"{place}: the file {file} can't be read: {e.Message.ReplaceLineEndings(" ")}; let the user {OwnUser.Name} read it, or name another");
        }
    }
}
