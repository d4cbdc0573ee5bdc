using System.Diagnostics.CodeAnalysis;

namespace EdgeJobs.LocalCloud.Model;

/// <summary>The result of an operation: a value or an error.</summary>
internal readonly record struct Result<T>
    where T : class
{
    /// <summary>A success; for interface types, which have no implicit conversion.</summary>
    public Result(T value)
        : this(value, null)
    {
    }

    private Result(T? value, ServiceError? error)
    {
        Value = value;
        Error = error;
    }

    public T? Value { get; }
    public ServiceError? Error { get; }

    public bool TryGet([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out ServiceError? error)
    {
        value = Value;
        error = Error;
        return error is null;
    }

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(ServiceError error) => new(null, error);
}
