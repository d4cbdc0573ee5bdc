using System.Buffers;
using System.Collections;
using System.Reflection;
using System.Text;
using System.Text.Json;
using EdgeJobs.Protocol;

namespace EdgeJobs.Fuzz;

/// <summary>The codec of one message: view and model.</summary>
internal abstract class MessageCheck
{
    /// <summary>One for each message that is generated.</summary>
    public static IReadOnlyList<MessageCheck> All()
    {
        List<MessageCheck> checks = [];
        foreach (Type type in typeof(JobsSpec).Assembly.GetExportedTypes().Where(t => t.IsClass && Implements(t, typeof(IMessage<>))))
        {
            Type view = type.Assembly.GetType(type.FullName + "View", throwOnError: true)!;
            Type check = Implements(type, typeof(ICorrelatedMessage<>)) ? typeof(CorrelatedMessageCheck<,>) : typeof(MessageCheck<,>);
            checks.Add((MessageCheck)Activator.CreateInstance(check.MakeGenericType(type, view))!);
        }

        return checks;
    }

    /// <summary>Reads the payload; what can be read is written and read again.</summary>
    /// <returns>True when the payload is such a message.</returns>
    public abstract bool Run(GuardedMemory memory, ReadOnlyMemory<byte> payload, Workspace workspace);

    private static bool Implements(Type type, Type contract) =>
        type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == contract && i.GetGenericArguments()[0] == type);
}

/// <summary>The shared state of the checks of one thread.</summary>
internal sealed class Workspace : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new(8_192);
    private readonly Utf8JsonWriter _writer;

    public Workspace() => _writer = new Utf8JsonWriter(_buffer);

    /// <summary>Holds the written bytes while they are read again.</summary>
    public GuardedMemory Written { get; } = new();

    /// <summary>The bytes that an action writes, at the end of <see cref="Written"/>.</summary>
    public ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        _buffer.ResetWrittenCount();
        _writer.Reset(_buffer);
        write(_writer);
        _writer.Flush();
        return Written.Place(_buffer.WrittenSpan);
    }

    public void Dispose()
    {
        _writer.Dispose();
        ((IDisposable)Written).Dispose();
    }
}

internal class MessageCheck<T, TView> : MessageCheck
    where T : class, IMessage<T>
    where TView : struct, IJsonView<TView>, allows ref struct
{
    private static readonly string Name = typeof(T).Name;
    private static readonly SliceWalk? Slices = SliceWalk.Of(typeof(T));

    public override bool Run(GuardedMemory memory, ReadOnlyMemory<byte> payload, Workspace workspace)
    {
        bool viewed = MessageReader.TryRead(payload.Span, out TView _, out CodecError viewError);
        bool read = T.TryRead(payload, out T? message, out CodecError error);
        FuzzFailure.Unless(viewed == read && viewError == error, $"{Name}: the view says '{viewError}', the model '{error}'");
        if (!read)
        {
            FuzzFailure.Unless(message is null && error.Kind != CodecErrorKind.None, Name + ": refused without a reason");
            FuzzFailure.Unless(
                error.Offset >= 0 && error.Offset <= payload.Length,
                $"{Name}: the fault lies at byte {error.Offset} of {payload.Length}");
            FuzzFailure.Unless(error.ToString().Length > 0, Name + ": the fault has no text");
            return false;
        }

        FuzzFailure.Unless(error == default, $"{Name}: read, with the fault '{error}'");
        Slices?.Check(message!, memory, payload.Length);

        // The bytes between a message and the writer.
        if (message!.TryValidate(out ConstraintViolation violation))
        {
            ReadBack(message, workspace);
        }
        else
        {
            FuzzFailure.Unless(violation.ToString().Length > 0, Name + ": the violation has no text");
        }

        return true;
    }

    protected virtual void ReadBack(T message, Workspace workspace)
    {
        ReadOnlyMemory<byte> written = workspace.Write(message.WriteTo);
        FuzzFailure.Unless(
            T.TryRead(written, out T? again, out CodecError error),
            $"{Name}: what was written is not read again: {error}: {Text(written)}");
        FuzzFailure.Unless(
            message.Equals(again) && message.GetHashCode() == again!.GetHashCode(),
            $"{Name}: read again, it is another: {Text(written)}");
        Slices?.Check(again!, workspace.Written, written.Length);
    }

    protected static string Text(ReadOnlyMemory<byte> written) => Encoding.UTF8.GetString(written.Span);
}

internal sealed class CorrelatedMessageCheck<T, TView> : MessageCheck<T, TView>
    where T : class, ICorrelatedMessage<T>
    where TView : struct, IJsonView<TView>, allows ref struct
{
    protected override void ReadBack(T message, Workspace workspace)
    {
        base.ReadBack(message, workspace);
        ReadOnlyMemory<byte> written = workspace.Write(w => message.WriteTo(w, "a token of 24 \"bytes\" \\\u0001"u8));
        FuzzFailure.Unless(
            CorrelationToken.TryRead(written.Span, T.CorrelationMember, out JsonText token)
                && token.Equals("a token of 24 \"bytes\" \\\u0001"u8),
            typeof(T).Name + ": its token is not found: " + Text(written));
        FuzzFailure.Unless(
            T.TryRead(written, out _, out CodecError error),
            $"{typeof(T).Name}: with its token it is not read: {error}: {Text(written)}");
    }
}

/// <summary>Finds the slices of a model; its other members are copies.</summary>
internal sealed class SliceWalk
{
    private static readonly Dictionary<Type, SliceWalk?> Known = [];
    private readonly List<(PropertyInfo Property, SliceWalk? Inner)> _steps = [];

    /// <summary>The visitor of a type, or null when the type has no slice.</summary>
    public static SliceWalk? Of(Type type)
    {
        lock (Known)
        {
            if (Known.TryGetValue(type, out SliceWalk? known))
            {
                return known;
            }

            SliceWalk walk = new();
            foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            {
                Type inner = property.PropertyType;
                bool isList = inner.IsGenericType && inner.GetGenericTypeDefinition() == typeof(ValueList<>);
                inner = isList ? inner.GetGenericArguments()[0] : inner;
                if (inner == typeof(RawJson))
                {
                    walk._steps.Add((property, null));
                }
                else if (inner.Assembly == type.Assembly && inner.IsClass && Of(inner) is { } nested)
                {
                    walk._steps.Add((property, nested));
                }
            }

            return Known[type] = walk._steps.Count == 0 ? null : walk;
        }
    }

    /// <summary>Checks that every slice lies in the input.</summary>
    public void Check(object model, GuardedMemory memory, int placed)
    {
        foreach ((PropertyInfo property, SliceWalk? inner) in _steps)
        {
            object? value = property.GetValue(model);
            foreach (object? item in value is IEnumerable items and not string ? items : new[] { value })
            {
                if (item is RawJson raw)
                {
                    FuzzFailure.Unless(raw.IsEmpty || memory.Holds(raw.Utf8, placed), property.Name + " lies outside of the payload");
                }
                else if (item is not null)
                {
                    inner!.Check(item, memory, placed);
                }
            }
        }
    }
}
