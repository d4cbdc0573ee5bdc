using System.Collections;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace EdgeJobs.Protocol;

/// <summary>
/// An immutable map from names to values that keeps its order and equals another with the same entries. Designed for the few entries of a
/// message (statusDetails has at most 10): lookups are linear.
/// </summary>
/// <typeparam name="T">The value.</typeparam>
[DebuggerDisplay("Count = {Count}")]
public sealed class ValueMap<T> : IReadOnlyDictionary<string, T>, IEquatable<ValueMap<T>>
{
    private readonly KeyValuePair<string, T>[] _entries;
    private readonly ValueMap<string>? _unknown;

    /// <summary>Copies the entries. A duplicate name keeps its first position and its last value.</summary>
    public ValueMap(params ReadOnlySpan<KeyValuePair<string, T>> entries)
        : this(WithoutDuplicates(entries.ToArray()), owned: true)
    {
    }

    private ValueMap(KeyValuePair<string, T>[] entries, bool owned, ValueMap<string>? unknown = null)
    {
        _ = owned;
        _entries = entries;
        _unknown = unknown;
    }

    /// <summary>The map without entries.</summary>
    public static ValueMap<T> Empty { get; } = new([], owned: true);

    /// <summary>The number of entries.</summary>
    public int Count => _entries.Length;

    /// <inheritdoc/>
    public IEnumerable<string> Keys
    {
        get
        {
            foreach (KeyValuePair<string, T> entry in _entries)
            {
                yield return entry.Key;
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerable<T> Values
    {
        get
        {
            foreach (KeyValuePair<string, T> entry in _entries)
            {
                yield return entry.Value;
            }
        }
    }

    /// <inheritdoc/>
    public T this[string key] => TryGetValue(key, out T? value) ? value : throw new KeyNotFoundException($"There is no entry '{key}'.");

    /// <summary>Wraps an array without a copy. The array must not change afterwards.</summary>
    public static ValueMap<T> Wrap(KeyValuePair<string, T>[] entries) => new(WithoutDuplicates(entries), owned: true);

    /// <summary>Wraps an array of enums without a copy.</summary>
    /// <param name="entries">The entries.</param>
    /// <param name="unknown">The texts of the unknown values; null if all are known.</param>
    public static ValueMap<T> WrapEnums(KeyValuePair<string, T>[] entries, ValueMap<string>? unknown) =>
        new(WithoutDuplicates(entries), owned: true, unknown);

    /// <summary>The text of a value that was read and is no value of its enum: it is written back. Null for all others.</summary>
    /// <param name="key">The name of the value.</param>
    public string? UnknownText(string key) => _unknown is not null && _unknown.TryGetValue(key, out string? text) ? text : null;

    /// <summary>The entries in order.</summary>
    public ReadOnlySpan<KeyValuePair<string, T>> AsSpan() => _entries;

    /// <inheritdoc/>
    public bool ContainsKey(string key) => IndexOf(_entries, _entries.Length, key) >= 0;

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value)
    {
        int index = IndexOf(_entries, _entries.Length, key);
        value = index < 0 ? default : _entries[index].Value;
        return index >= 0;
    }

    /// <summary>Enumerates without allocating.</summary>
    public ReadOnlySpan<KeyValuePair<string, T>>.Enumerator GetEnumerator() => AsSpan().GetEnumerator();

    IEnumerator<KeyValuePair<string, T>> IEnumerable<KeyValuePair<string, T>>.GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, T>>)_entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _entries.GetEnumerator();

    /// <summary>True if both have the same names with equal values, in any order.</summary>
    public bool Equals(ValueMap<T>? other)
    {
        if (other is null || other.Count != Count)
        {
            return false;
        }

        foreach (KeyValuePair<string, T> entry in _entries)
        {
            if (!other.TryGetValue(entry.Key, out T? value) || !EqualityComparer<T>.Default.Equals(entry.Value, value))
            {
                return false;
            }
        }

        return Equals(_unknown, other._unknown);
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ValueMap<T>);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        // The order does not matter, so the entries' hash codes are added.
        int hash = Count;
        foreach (KeyValuePair<string, T> entry in _entries)
        {
            hash += HashCode.Combine(entry.Key, entry.Value);
        }

        return hash;
    }

    private static int IndexOf(KeyValuePair<string, T>[] entries, int count, string key)
    {
        for (int i = 0; i < count; i++)
        {
            if (string.Equals(entries[i].Key, key, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }

    private static KeyValuePair<string, T>[] WithoutDuplicates(KeyValuePair<string, T>[] entries)
    {
        int count = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            int known = IndexOf(entries, count, entries[i].Key);
            entries[known < 0 ? count++ : known] = entries[i];
        }

        return count == entries.Length ? entries : entries[..count];
    }
}
