using System.Collections;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace EdgeJobs.Protocol;

/// <summary>An immutable list that equals another when their elements do. Takes collection expressions.</summary>
/// <typeparam name="T">The element.</typeparam>
[DebuggerDisplay("Count = {Count}")]
[CollectionBuilder(typeof(ValueList), nameof(ValueList.Create))]
public sealed class ValueList<T> : IReadOnlyList<T>, IEquatable<ValueList<T>>
{
    private readonly T[] _items;
    private readonly string?[]? _unknown;

    internal ValueList(T[] items, string?[]? unknown = null)
    {
        _items = items;
        _unknown = unknown;
    }

    /// <summary>The number of elements.</summary>
    public int Count => _items.Length;

    /// <summary>The element at an index from 0.</summary>
    /// <exception cref="IndexOutOfRangeException">The index is not below <see cref="Count"/>.</exception>
    public T this[int index] => _items[index];

    /// <summary>The text of an element that was read and is no value of its enum: it is written back. Null for all others.</summary>
    /// <param name="index">The index of the element.</param>
    public string? UnknownText(int index) => _unknown?[index];

    /// <summary>The elements.</summary>
    public ReadOnlySpan<T> AsSpan() => _items;

    /// <summary>Enumerates without allocating.</summary>
    public ReadOnlySpan<T>.Enumerator GetEnumerator() => AsSpan().GetEnumerator();

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();

    /// <summary>Compares element by element, in order.</summary>
    public bool Equals(ValueList<T>? other) => other is not null
        && AsSpan().SequenceEqual(other.AsSpan(), comparer: null)
        && _unknown.AsSpan().SequenceEqual(other._unknown, comparer: null);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ValueList<T>);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (T item in _items)
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }
}

/// <summary>Creates <see cref="ValueList{T}"/>s.</summary>
public static class ValueList
{
    /// <summary>Copies the elements into a list.</summary>
    public static ValueList<T> Create<T>(ReadOnlySpan<T> items) => new(items.ToArray());

    /// <summary>Wraps an array without a copy. The array must not change afterwards.</summary>
    public static ValueList<T> Wrap<T>(T[] items) => new(items);

    /// <summary>Wraps an array of enums without a copy.</summary>
    /// <param name="items">The elements.</param>
    /// <param name="unknown">The text of each unknown element at its index; null if all are known.</param>
    public static ValueList<T> WrapEnums<T>(T[] items, string?[]? unknown) => new(items, unknown);
}
