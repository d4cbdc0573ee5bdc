using System.Text;
using System.Text.Json;
using EdgeJobs.Client.Credentials;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Provisioning;

/// <summary>
/// Reads the parameters of a template. A value <c>file:FILE</c> is replaced by the content of that file, such as the serial number of the
/// board, so that all boards of a fleet can have the same configuration.
/// </summary>
internal static class ProvisioningParameters
{
    private const string FilePrefix = "file:";
    private const int MaxValueBytes = 4096;
    private const int MaxFileBytes = 128 * 1024;

    // White space, and the NUL at the end of a device tree string.
    private static readonly char[] Ends = [' ', '\t', '\r', '\n', '\0'];

    /// <param name="text">A JSON object, or the name of a file that contains it; null for none.</param>
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
                throw new UsageException($"{place}: is not a JSON object; write {{\"NAME\": \"VALUE\"}}, with a member for each parameter");
            }

            foreach (JsonProperty member in document.RootElement.EnumerateObject())
            {
                if (member.Value.ValueKind != JsonValueKind.String)
                {
                    throw new UsageException($"{place}: the value of \"{member.Name}\" is not a string; put it in quotes");
                }

                if (values.Exists(v => v.Key == member.Name))
                {
                    throw new UsageException($"{place}: \"{member.Name}\" occurs twice; remove one");
                }

                values.Add(new(member.Name, Resolve(member.Value.GetString()!, $"{place}: \"{member.Name}\"")));
            }
        }
        catch (InvalidOperationException)
        {
            throw new UsageException(
                $"{place}: holds half of a surrogate pair (\\ud800 to \\udfff), which is not a character; remove it");
        }
        catch (JsonException e)
        {
            throw new UsageException(
                $"{place}: is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}); "
                + "write {\"NAME\": \"VALUE\"}, or the name of a file that contains it");
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
        return text.Length > 0 ? text : throw new UsageException($"{place}: the file {file} is empty; name a file that contains the value");
    }

    private static byte[] ReadFile(string file, string place, int most)
    {
        try
        {
            byte[] content = PrivateFile.ReadForeign(Path.GetFullPath(file), most) ?? throw new IOException("there is no such file");
            return content.Length <= most
                ? content
                : throw new UsageException($"{place}: the file {file} is larger than {most} bytes, the limit; name a smaller file");
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            throw new UsageException(
                $"{place}: the file {file} can't be read: {e.Message.ReplaceLineEndings(" ")}; "
                + $"give the user {OwnUser.Name} read access, or name another file");
        }
    }
}
