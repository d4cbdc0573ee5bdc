using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace EdgeJobs.Fuzz;

/// <summary>Generates payloads: valid messages, messages with unknown members, damaged recorded messages, and noise.</summary>
internal sealed class PayloadMaker(Corpus corpus, Randomness random)
{
    private static readonly string[] Texts =
    [
        "", "a", "fw-2-1-0", "5f0c2a9e00000017", "$next", "caf\u00e9", "\u20ac", "\ud83d\ude00", "\\n\\t\\\"\\\\\\/",
        "\\u0041\\u00e9", "\\ud83d\\ude00",
        "\\ud83d", "\\ude00", "\\u0000", "1795400030", "-1", "1e3", "2026-11-23T09:00:00Z", "true", "null", "\\u12", "\u2028",
    ];

    private static readonly string[] Numbers =
    [
        "0", "-0", "1", "-1", "3.0", "3.5", "1795400030", "1795400030.25", "1e3", "1E+3", "-1e-3", "9007199254740993",
        "9223372036854775807",
        "9223372036854775808", "-9223372036854775808", "1e400", "-1e400", "0.1e1", "123456789012345678901234567890", "1e2147483648",
        "01", "1.", "+1", ".5",
    ];

    private static readonly byte[] Hot = "{}[]:,\"\\/tfn0-+.eE \t\r\n\0\u007f"u8.ToArray();

    private readonly ArrayBufferWriter<byte> _text = new(4_096);

    /// <summary>Creates one payload, which is valid until the next call.</summary>
    public ReadOnlySpan<byte> Make()
    {
        _text.ResetWrittenCount();
        switch (random.Below(8))
        {
            case < 4:
                WriteObject(random.Pick(corpus.Schemas), depth: 0);
                break;
            case < 7:
                _text.Write(random.Pick(corpus.Payloads));
                break;
            default:
                WriteNoise();
                return _text.WrittenSpan;
        }

        return random.OneIn(2) ? _text.WrittenSpan : Damage(_text.WrittenSpan.ToArray());
    }

    private byte[] Damage(byte[] bytes)
    {
        for (int n = random.Below(4); n >= 0 && bytes.Length > 0; n--)
        {
            int at = random.Below(bytes.Length);
            int length = Math.Min(random.Between(1, 16), bytes.Length - at);
            switch (random.Below(8))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Below(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Below(256);
                    break;
                case 2:
                    bytes[at] = random.Pick(Hot);
                    break;
                case 3:
                    bytes = bytes[..at];
                    break;
                case 4:
                    bytes = [.. bytes[..at], .. bytes[(at + length)..]];
                    break;
                case 5:
                    int to = random.Below(bytes.Length);
                    bytes = [.. bytes[..to], .. bytes[at..(at + length)], .. bytes[to..]];
                    break;
                case 6:
                    bytes = [.. bytes[..at], random.Pick(Hot), .. bytes[at..]];
                    break;
                default:
                    byte[] other = random.Pick(corpus.Payloads);
                    bytes = [.. bytes[..at], .. other[random.Below(other.Length + 1)..]];
                    break;
            }
        }

        return bytes;
    }

    private void WriteNoise()
    {
        int length = random.Below(200);
        bool likeJson = random.OneIn(2);
        for (int i = 0; i < length; i++)
        {
            Write(likeJson ? random.Pick(Hot) : (byte)random.Below(256));
        }
    }

    private void WriteObject(JsonElement schema, int depth)
    {
        Write((byte)'{');
        bool first = true;
        bool ordered = random.OneIn(2);
        List<JsonProperty> members = [.. schema.GetProperty("properties").EnumerateObject()];
        foreach (JsonProperty member in members)
        {
            if (random.OneIn(4))
            {
                continue;
            }

            JsonProperty chosen = ordered ? member : random.Pick(members);
            Begin(ref first, chosen.Name);
            WriteValue(chosen.Value, depth);
        }

        if (random.OneIn(4))
        {
            Begin(ref first, random.OneIn(2) ? random.Pick(corpus.Names) : random.Pick(Texts));
            WriteAny(depth);
        }

        Write((byte)'}');
    }

    private void Begin(ref bool first, string name)
    {
        Write(first ? "" : ",");
        Write(random.OneIn(16) ? " \n" : "");
        first = false;
        Write("\"");
        if (name.Length > 0 && char.IsAsciiLetter(name[0]) && random.OneIn(32))
        {
            // The same name with an escape.
            Write(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)name[0]:x4}"));
            name = name[1..];
        }

        Write(name);
        Write(random.OneIn(16) ? "\" : " : "\":");
    }

    private void WriteValue(JsonElement schema, int depth)
    {
        schema = corpus.Follow(schema);
        if (random.OneIn(12) || depth > 5)
        {
            WriteAny(depth);
        }
        else if (schema.TryGetProperty("allOf", out JsonElement all))
        {
            WriteValue(all[random.Below(all.GetArrayLength())], depth);
        }
        else if (schema.TryGetProperty("anyOf", out JsonElement any))
        {
            WriteValue(any[random.Below(any.GetArrayLength())], depth);
        }
        else if (schema.TryGetProperty("const", out JsonElement value))
        {
            Write(value.GetRawText());
        }
        else if (schema.TryGetProperty("enum", out JsonElement listed))
        {
            Write(listed[random.Below(listed.GetArrayLength())].GetRawText());
        }
        else if (schema.TryGetProperty("properties", out _))
        {
            WriteObject(schema, depth + 1);
        }
        else
        {
            WriteKind(schema, depth);
        }
    }

    private void WriteKind(JsonElement schema, int depth)
    {
        switch (schema.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String ? type.GetString() : "")
        {
            case "string":
                WriteString();
                break;
            case "integer" or "number":
                Write(random.OneIn(4) ? random.Pick(Numbers) : random.Below(2_000_000_000).ToString(CultureInfo.InvariantCulture));
                break;
            case "boolean":
                Write(random.OneIn(2) ? "true" : "false");
                break;
            case "array" when schema.TryGetProperty("items", out JsonElement items):
                Write((byte)'[');
                for (int i = random.Below(4); i > 0; i--)
                {
                    WriteValue(items, depth + 1);
                    Write(i == 1 ? "" : ",");
                }

                Write((byte)']');
                break;
            case "object" when schema.TryGetProperty("additionalProperties", out JsonElement values)
                && values.ValueKind == JsonValueKind.Object:
                Write((byte)'{');
                bool first = true;
                for (int i = random.Below(12); i > 0; i--)
                {
                    Begin(ref first, random.Pick(corpus.Names));
                    WriteValue(values, depth + 1);
                }

                Write((byte)'}');
                break;
            default:
                WriteAny(depth);
                break;
        }
    }

    private void WriteAny(int depth)
    {
        switch (random.Below(depth > 8 ? 4 : 8))
        {
            case 0:
                WriteString();
                break;
            case 1:
                Write(random.Pick(Numbers));
                break;
            case 2:
                Write(random.OneIn(2) ? "true" : "false");
                break;
            case 3:
                Write("null");
                break;
            case 4:
                // Near the depth limit of a reader, or beyond it.
                int levels = random.OneIn(8) ? random.Between(58, 70) : random.Between(1, 3);
                Write(new string('[', levels));
                Write(new string(']', levels));
                break;
            case 5:
                WriteObject(random.Pick(corpus.Schemas), depth + 3);
                break;
            default:
                Write("{\"steps\":[");
                WriteAny(depth + 3);
                Write("]}");
                break;
        }
    }

    private void WriteString()
    {
        Write("\"");
        if (random.OneIn(3))
        {
            Write(random.Pick(Texts));
        }

        for (int i = random.OneIn(40) ? random.Between(1_000, 1_100) : random.Below(12); i > 0; i--)
        {
            Write((byte)"abcdefghijklmnopqrstuvwxyzABCXYZ0123456789:_-"[random.Below(45)]);
        }

        Write("\"");
    }

    private void Write(byte value)
    {
        _text.GetSpan(1)[0] = value;
        _text.Advance(1);
    }

    private void Write(string text) =>
        _text.Advance(Encoding.UTF8.GetBytes(text, _text.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
}
