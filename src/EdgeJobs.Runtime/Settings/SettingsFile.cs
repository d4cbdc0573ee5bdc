using System.Text.Json;
using System.Text.Unicode;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Settings;

/// <summary>The configuration file, checked before .NET's own reader gets it: that one lets some faults pass and ends the process for others.</summary>
internal static class SettingsFile
{
    /// <summary>The most bytes that it may have.</summary>
    public const int MaxBytes = 1024 * 1024;

    private static readonly JsonReaderOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads it.</summary>
    /// <param name="file">Its path, as it was given.</param>
    /// <returns>A JSON object of known settings, in UTF-8.</returns>
    /// <exception cref="UsageException">It can't be read or used.</exception>
    public static byte[] Read(string file)
    {
        byte[]? json;
        try
        {
            json = PrivateFile.ReadForeign(Path.GetFullPath(file), MaxBytes);
        }
        catch (IOException e)
        {
            throw new UsageException($"{file}: can't read the configuration file: {e.Message}");
        }

        if (json is null)
        {
            throw new UsageException($"{file}: there is no such configuration file; check --config");
        }

        if (json.Length > MaxBytes)
        {
            throw new UsageException($"{file}: the configuration file has more than {MaxBytes} bytes; no settings need that many");
        }

        ReadOnlySpan<byte> content = json.AsSpan().StartsWith(ByteOrderMark) ? json.AsSpan(ByteOrderMark.Length) : json;
        if (!Utf8.IsValid(content))
        {
            throw new UsageException($"{file}: the configuration file is not in UTF-8; save it in that encoding");
        }

        try
        {
            Check(file, content);
        }
        catch (JsonException e)
        {
            throw new UsageException($"{file}: the configuration file is no JSON object: {e.Message.ReplaceLineEndings(" ")}");
        }

        return content.ToArray();
    }

    private static void Check(string file, ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new UsageException($"{file}: the configuration file is no JSON object: write {{\"NAME\": \"VALUE\"}}");
        }

        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        Stack<HashSet<string>> outer = new();
        string setting = string.Empty;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    string name = Text(file, setting, ref reader);
                    setting = reader.CurrentDepth == 1 ? Known(file, name) : setting;
                    if (!names.Add(name))
                    {
                        throw new UsageException($"{file}: \"{name}\" is there twice; leave one out");
                    }

                    break;
                case JsonTokenType.String:
                    _ = Text(file, setting, ref reader);
                    break;
                case JsonTokenType.StartArray or JsonTokenType.StartObject when reader.CurrentDepth == 1 && !SettingsReader.Same(setting, PolicyReader.Section):
                    throw new UsageException($"{file}: \"{setting}\" must be a text, a number, true or false, not an array or an object");
                case JsonTokenType.StartObject:
                    outer.Push(names);
                    names = new(StringComparer.OrdinalIgnoreCase);
                    break;
                case JsonTokenType.EndObject when outer.Count > 0:
                    names = outer.Pop();
                    break;
            }
        }
    }

    private static string Known(string file, string name) =>
        SettingsReader.Same(PolicyReader.Section, name) || Array.Exists(Setting.Run, s => SettingsReader.Same(s.Name, name))
            ? name
            : throw new UsageException($"{file}: there is no setting \"{name}\"; the settings are named as the flags of edgejobs run --help");

    /// <summary>A name or a value. Neither a path nor a name can hold a NUL, nor half of a surrogate pair.</summary>
    private static string Text(string file, string setting, ref Utf8JsonReader reader)
    {
        string place = setting.Length == 0 ? file : $"{file}: \"{setting}\"";
        try
        {
            string text = reader.GetString()!;
            return text.Contains('\0', StringComparison.Ordinal) ? throw new UsageException($"{place}: holds a NUL character; remove \\u0000") : text;
        }
        catch (InvalidOperationException)
        {
            throw new UsageException($"{place}: holds half of a surrogate pair (\\ud800 to \\udfff), which is no character; remove it");
        }
    }
}
