using System.Reflection;
using System.Text.Json;
using EdgeJobs.Protocol;

namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>Makes random values of generated types.</summary>
/// <param name="random">Where they come from.</param>
/// <param name="rawValue">The JSON text for a member that is kept as such, by type and member; null for any object.</param>
internal sealed class RandomValues(Random random, Func<string, string, string?> rawValue)
{
    private static readonly string[] Texts =
    [
        "", "a", "b c", "\"quoted\"", "ä€😀", "line\nbreak\u2028", "</x>&amp;", "0", "null", "$next", "\\u0041"
    ];

    /// <summary>A message in which each optional member is present or absent.</summary>
    public object Message(Type type, int depth = 0)
    {
        Type concrete = type.IsAbstract ? Pick([.. type.Assembly.GetTypes().Where(t => t.BaseType == type)]) : type;
        if (concrete.GetConstructor([typeof(RawJson)]) is { } unknown)
        {
            return unknown.Invoke([RawJson.FromText("{\"kind\":\"of tomorrow\",\"type\":\"\\u0061\",\"op\":\"\",\"more\":[{}]}")]);
        }

        if (concrete.GetConstructor([]) is null)
        {
            ConstructorInfo around = concrete.GetConstructors().Single(c => c.GetParameters().Length == 1);
            return around.Invoke([Value(around.GetParameters()[0].ParameterType, depth)]);
        }

        object message = Activator.CreateInstance(concrete)!;
        foreach (PropertyInfo property in concrete.GetProperties().Where(p => p.CanWrite))
        {
            bool isRequired = property.GetCustomAttributes().Any(a => a.GetType().Name == "RequiredMemberAttribute");
            if (isRequired || random.Next(depth > 4 ? 1 : 3) > 0)
            {
                string? raw = property.PropertyType == typeof(RawJson) ? rawValue(concrete.Name, property.Name) : null;
                property.SetValue(message, raw is null ? Value(property.PropertyType, depth) : RawJson.FromText(raw));
            }
        }

        return message;
    }

    private object Value(Type type, int depth)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum)
        {
            // A string that is not known is read as Unknown, and can't be written.
            bool isNumeric = Enum.GetUnderlyingType(type) == typeof(long);
            return isNumeric && random.Next(3) == 0
                ? Enum.ToObject(type, random.NextInt64(long.MinValue, long.MaxValue))
                : Pick([.. Enum.GetValues(type).Cast<object>().Where(v => isNumeric || (int)v != 0)]);
        }

        if (type.IsGenericType)
        {
            Type item = type.GetGenericArguments()[0];
            int count = random.Next(depth > 4 ? 1 : 4);
            bool isList = type.GetGenericTypeDefinition() == typeof(ValueList<>);
            Type element = isList ? item : typeof(KeyValuePair<,>).MakeGenericType(typeof(string), item);
            Array items = Array.CreateInstance(element, count);
            for (int i = 0; i < count; i++)
            {
                object value = Value(item, depth + 1);
                items.SetValue(isList ? value : Activator.CreateInstance(element, Pick(Texts) + i, value), i);
            }

            return isList
                ? typeof(ValueList).GetMethod(nameof(ValueList.Wrap))!.MakeGenericMethod(item).Invoke(null, [items])!
                : type.GetMethod(nameof(ValueMap<>.Wrap))!.Invoke(null, [items])!;
        }

        return type switch
        {
            _ when type == typeof(string) => Pick(Texts),
            _ when type == typeof(bool) => random.Next(2) == 0,
            _ when type == typeof(int) => random.Next(int.MinValue, int.MaxValue),
            _ when type == typeof(long) => random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64),
            _ when type == typeof(double) => Math.ScaleB(random.NextDouble() - 0.5, random.Next(-200, 200)),
            _ when type == typeof(ulong) => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
            _ when type == typeof(DateOnly) => DateOnly.FromDayNumber(random.Next(DateOnly.MaxValue.DayNumber)),
            _ when type == typeof(Guid) => new Guid(Bytes(16)),
            _ when type == typeof(DateTimeOffset) => new DateTimeOffset(
                random.NextInt64(TimeSpan.TicksPerDay, DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay),
                TimeSpan.FromMinutes(random.Next(-600, 600))),
            _ when type == typeof(ByteString) => new ByteString(Bytes(random.Next(20))),
            _ when type == typeof(RawJson) => RawJson.FromText("{\"x\":" + JsonSerializer.Serialize(Pick(Texts)) + ",\"y\":[1, {} ]}"),
            _ => Message(type, depth + 1),
        };
    }

    private byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private T Pick<T>(T[] items) => items[random.Next(items.Length)];
}
