using System.Diagnostics.CodeAnalysis;

namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>The result of an operation: a value or a refusal.</summary>
/// <typeparam name="T">The value.</typeparam>
internal readonly record struct Result<T>
    where T : class
{
    /// <summary>A success; for interfaces, from which nothing converts implicitly.</summary>
    public Result(T value)
        : this(value, null)
    {
    }

    private Result(T? value, ServiceError? error)
    {
        Value = value;
        Error = error;
    }

    /// <summary>The value, or null when refused.</summary>
    public T? Value { get; }

    /// <summary>The refusal, or null.</summary>
    public ServiceError? Error { get; }

    /// <summary>Takes it apart.</summary>
    /// <returns>True with the value, false with the refusal.</returns>
    public bool Succeeded([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out ServiceError? error)
    {
        value = Value;
        error = Error;
        return error is null;
    }

    /// <summary>A success.</summary>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>A refusal.</summary>
    public static implicit operator Result<T>(ServiceError error) => new(null, error);
}
