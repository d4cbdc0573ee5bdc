using System.Reflection;
using EdgeJobs.Generators.Model;
using EdgeJobs.Protocol;
using EdgeJobs.Testing;

namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>Round trips: decode(encode(x)) = x for random messages of whole specs.</summary>
public sealed class RoundTripTests
{
    private const int MessagesPerType = 200;

    [Fact]
    public void Every_feature_round_trips() =>
        Check(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Specs", "everything.topics.json")));

    [Fact]
    public void The_Jobs_messages_round_trip() => Check(File.ReadAllText(Repository.PathOf("topics.json")));

    /// <summary>Writes and reads random messages of every type of a spec.</summary>
    internal static void Check(string spec)
    {
        Type[] messages =
        [
            .. CompiledSpec.Load(spec).GetTypes()
                .Where(t => t.GetInterfaces().Any(i => i.IsGenericType
                    && i.GetGenericTypeDefinition() == typeof(IMessage<>)
                    && i.GetGenericArguments()[0] == t)),
        ];
        Assert.NotEmpty(messages);
        SpecModel model = SpecAssert.Model(spec);
        MethodInfo again = typeof(RoundTripTests).GetMethod(nameof(Again), BindingFlags.Static | BindingFlags.NonPublic)!;
        foreach (Type message in messages)
        {
            RandomValues values = new(new Random(message.Name.Length), (type, member) => RawValue(model, type, member));
            Action<object> check = again.MakeGenericMethod(message).CreateDelegate<Action<object>>();
            for (int i = 0; i < MessagesPerType; i++)
            {
                check(values.Message(message));
            }
        }
    }

    /// <summary>A value that a member of several JSON types may have.</summary>
    private static string? RawValue(SpecModel model, string type, string member) => model.Types.OfType<ObjectModel>()
        .FirstOrDefault(t => t.Name == type)?.Members.First(m => m.Name == member).Type switch
    {
        AnyTypeRef any when any.Alternatives.Any(a => a is BooleanRef) => "true",
        AnyTypeRef any when any.Alternatives.Any(a => a is StringRef) => "\"text\"",
        AnyTypeRef any when any.Alternatives.Any(a => a is IntegerRef or NumberRef) => "1",
        AnyTypeRef any when any.Alternatives.Any(a => a is ArrayRef) => "[]",
        _ => null,
    };

    private static void Again<T>(object value)
        where T : class, IMessage<T>
    {
        string json = Codec.Write((T)value);
        T read = Codec.Read<T>(json);
        Assert.Equal(value, read);
        Assert.Equal(value.GetHashCode(), read.GetHashCode());
        Assert.Equal(json, Codec.Write(read));
    }
}
