using System.Text.Json;
using System.Text.Unicode;
using EdgeJobs.Runtime.Linux;
using Microsoft.Extensions.Configuration;

namespace EdgeJobs.Runtime.Settings;

/// <summary>
/// Reads the configuration file: a JSON object of settings, and the section <c>policy</c>. It checks the file before .NET's configuration
/// reads it, which ignores some faults and throws without a place for others.
/// </summary>
internal static class SettingsFile
{
    public const int MaxBytes = 1024 * 1024;

    public static readonly JsonReaderOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    // What the editor checks the file with.
    private const string Schema = "$schema";

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Adds the file's values.</summary>
    /// <param name="file">The path as it was given.</param>
    /// <param name="values">The values to add to.</param>
    /// <exception cref="UsageException">The file cannot be read or used.</exception>
    public static void Read(string file, SettingValues values)
    {
        byte[] json = ReadContent(file) ?? throw new UsageException($"{file}: the configuration file does not exist; check --config");
        ReadOnlySpan<byte> content = WithoutMark(json);
        try
        {
            Utf8JsonReader reader = new(content, Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new UsageException($"{file}: the configuration file is not a JSON object; write {{\"NAME\": \"VALUE\"}}");
            }

            CheckObject(file, ref reader, section: null, new HashSet<string>(StringComparer.OrdinalIgnoreCase));

            // Nothing may follow the object.
            reader.Read();
        }
        catch (JsonException e)
        {
            throw new UsageException($"{file}: the configuration file is not a JSON object: {e.Message.ReplaceLineEndings(" ")}");
        }

        Add(file, new ConfigurationBuilder().AddJsonStream(new MemoryStream(content.ToArray())).Build(), values);
    }

    /// <summary>Reads a configuration file.</summary>
    /// <param name="file">The path as it was given.</param>
    /// <returns>Its content; null if the file does not exist.</returns>
    /// <exception cref="UsageException">The file cannot be read, is too large or is not in UTF-8.</exception>
    public static byte[]? ReadContent(string file)
    {
        byte[]? json;
        try
        {
            json = PrivateFile.ReadForeign(Path.GetFullPath(file), MaxBytes);
        }
        catch (IOException e)
        {
            throw new UsageException($"{file}: cannot read the configuration file: {e.Message}");
        }

        return json is { Length: > MaxBytes } ? throw new UsageException($"{file}: the configuration file is larger than {MaxBytes} bytes")
            : json is not null && !Utf8.IsValid(WithoutMark(json))
            ? throw new UsageException($"{file}: the configuration file is not in UTF-8; save it as UTF-8")
            : json;
    }

    /// <summary>The content without the byte order mark that some editors write.</summary>
    public static ReadOnlySpan<byte> WithoutMark(byte[] json) =>
        json.AsSpan(json.AsSpan().StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0);

    /// <summary>A name or a value. Neither a path nor a name can contain a NUL or half of a surrogate pair.</summary>
    public static string Text(string place, ref Utf8JsonReader reader)
    {
        try
        {
            string text = reader.GetString()!;
            return text.Contains('\0', StringComparison.Ordinal)
                ? throw new UsageException($"{place}: contains a NUL character; remove \\u0000")
                : text;
        }
        catch (InvalidOperationException)
        {
            throw new UsageException(
                $"{place}: contains half of a surrogate pair (\\ud800 to \\udfff), which is not a character; remove it");
        }
    }

    /// <summary>Adds the members of a section in order; AsEnumerable would reverse the elements of an array.</summary>
    private static void Add(string file, IConfiguration section, SettingValues values)
    {
        foreach (IConfigurationSection member in section.GetChildren())
        {
            if (member.Path == Schema)
            {
                continue;
            }

            values.Add(member.Path, new SettingValue(member.Value, PlaceOf(member.Path, file)));
            Add(file, member, values);
        }
    }

    private static void CheckObject(string file, ref Utf8JsonReader reader, string? section, HashSet<string> names)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string name = Text(section is null ? file : PlaceOf(section, file), ref reader);
            bool isKnown = section is not null || name == Schema || SettingNames.Same(name, PolicyReader.Section);
            if (!isKnown && SettingNames.Find(name, RunSettings.All) is null)
            {
                string hint = SettingNames.DidYouMean(name, RunSettings.All, s => $"\"{s.Name}\"");
                throw new UsageException($"{file}: unknown setting \"{name}\"{hint}; edgejobs run --help lists all settings");
            }

            reader.Read();
            CheckValue(file, ref reader, section is null ? name : $"{section}:{name}", names);
        }
    }

    private static void CheckValue(string file, ref Utf8JsonReader reader, string name, HashSet<string> names)
    {
        bool isContainer = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
        string place = PlaceOf(name, file);
        if (isContainer && !PolicyReader.IsOfPolicy(name))
        {
            throw new UsageException($"{place}: must be a string, a number, true or false, not an array or an object");
        }

        if (!names.Add(name))
        {
            throw new UsageException($"{place}: occurs twice; remove one");
        }

        if (reader.TokenType == JsonTokenType.String)
        {
            _ = Text(place, ref reader);
        }
        else if (reader.TokenType == JsonTokenType.StartObject)
        {
            CheckObject(file, ref reader, name, names);
        }
        else if (isContainer)
        {
            for (int i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
            {
                CheckValue(file, ref reader, $"{name}:{i}", names);
            }
        }
    }

    private static string PlaceOf(string name, string file) => $"\"{name.Replace(':', '.')}\" in {file}";
}
