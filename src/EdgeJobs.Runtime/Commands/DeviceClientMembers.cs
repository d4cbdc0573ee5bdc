using System.Globalization;
using System.Text;
using System.Text.Json;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Commands;

/// <summary>The members of the JSON files of an AWS IoT Device Client, by name in the order of the files: <c>jobs.enabled</c>.</summary>
internal sealed class DeviceClientMembers
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, string> _values = [];

    public List<string> Names => _names;

    /// <summary>Adds the members of a file.</summary>
    /// <param name="file">The path as it was given.</param>
    /// <exception cref="UsageException">It cannot be read, is not a JSON object, or a member occurs twice.</exception>
    public void Read(string file)
    {
        byte[] json = SettingsFile.ReadContent(file) ?? throw new UsageException($"{file}: the file does not exist");
        try
        {
            Utf8JsonReader reader = new(SettingsFile.WithoutMark(json), SettingsFile.Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new UsageException($"{file}: is not a JSON object; name the configuration file of the AWS IoT Device Client");
            }

            Read(file, ref reader, string.Empty);

            // Nothing may follow the object.
            reader.Read();
        }
        catch (JsonException e)
        {
            throw new UsageException($"{file}: is not valid JSON: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>The text of a member; empty if there is none.</summary>
    public string Find(string name) => _values.GetValueOrDefault(name, string.Empty);

    public bool IsOn(string name) => Find(name) == "true";

    private void Read(string file, ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            Add(file, name, reader.TokenType switch
            {
                JsonTokenType.String => SettingsFile.Text($"\"{name}\" in {file}", ref reader),
                JsonTokenType.Null => string.Empty,
                _ => Encoding.UTF8.GetString(reader.ValueSpan),
            });
            return;
        }

        int element = 0;
        string prefix = name.Length == 0 ? name : name + ".";
        while (reader.Read() && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
        {
            string member = element++.ToString(CultureInfo.InvariantCulture);
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                member = SettingsFile.Text(file, ref reader);
                reader.Read();
            }

            Read(file, ref reader, prefix + member);
        }
    }

    private void Add(string file, string name, string value)
    {
        if (!_values.TryAdd(name, value))
        {
            throw new UsageException($"\"{name}\" in {file}: occurs twice; remove one");
        }

        _names.Add(name);
    }
}
