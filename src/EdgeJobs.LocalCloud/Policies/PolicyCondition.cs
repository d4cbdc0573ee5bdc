using System.Net;

namespace EdgeJobs.LocalCloud.Policies;

/// <summary>One entry of a statement's Condition: an operator, a key, and the values to compare with.</summary>
internal sealed class PolicyCondition
{
    private readonly Func<string, PolicyPattern, IPolicyVariables, bool>? _compare;
    private readonly bool _negated;
    private readonly bool _ifExists;
    private readonly string? _set;
    private readonly string _operator;
    private readonly string _key;
    private readonly PolicyPattern[] _values;

    private PolicyCondition(string name, string key, PolicyPattern[] values, Operator known, bool ifExists, string? set)
    {
        _operator = name;
        _key = key;
        _values = values;
        _compare = known.Compare;
        _negated = known.Negated;
        _ifExists = ifExists;
        _set = set;
    }

    /// <summary>Parses a condition.</summary>
    /// <param name="name">The operator, such as <c>ForAllValues:StringEquals</c>.</param>
    /// <param name="key">The key, such as <c>iot:ClientId</c>.</param>
    /// <param name="values">The values.</param>
    /// <param name="condition">The condition.</param>
    /// <param name="fault">What the local cloud can't evaluate.</param>
    public static bool TryCreate(string name, string key, IReadOnlyList<string> values, out PolicyCondition condition, out string fault)
    {
        condition = null!;
        int colon = name.IndexOf(':', StringComparison.Ordinal);
        string? set = colon < 0 ? null : name[..colon];
        string rest = name[(colon + 1)..];
        bool ifExists = rest.EndsWith("IfExists", StringComparison.Ordinal);
        if (Operator.Find(ifExists ? rest[..^"IfExists".Length] : rest) is not { } known
            || set is not (null or "ForAllValues" or "ForAnyValue")
            || (known.Compare is null && (ifExists || set is not null)))
        {
            fault =
                $"the local cloud does not support the operator {name}; supported: {Operator.Names}, with ForAllValues:, ForAnyValue: "
                + "and IfExists";
            return false;
        }

        if (!PolicyVariable.IsKnown(key))
        {
            fault = $"the local cloud does not support the key {key}; supported: {PolicyVariable.Rule}";
            return false;
        }

        if (values.FirstOrDefault(value => !known.Accepts(value)) is { } invalid)
        {
            fault = $"'{invalid}' is not a valid value for {name}";
            return false;
        }

        condition =
            new PolicyCondition(name, key, [.. values.Select(value => PolicyPattern.Parse(value, known.Wildcards))], known, ifExists, set);
        fault = string.Empty;
        return true;
    }

    /// <summary>True if the condition holds for a connection.</summary>
    /// <param name="denies">
    /// Whether the condition belongs to a Deny. A negated comparison with a variable without a value is neither true nor false: an Allow
    /// then does not apply, and a Deny does.
    /// </param>
    public bool Holds(IPolicyVariables variables, bool denies)
    {
        IReadOnlyList<string> actual = variables.ValuesOf(_key);
        if (_compare is null)
        {
            return _values.Any(value => value.Matches(actual.Count == 0 ? "true" : "false", variables, ignoreCase: true));
        }

        if (actual.Count == 0)
        {
            // As on AWS: without a value, ForAllValues is true and ForAnyValue is false, also with IfExists.
            return _set is null ? _ifExists || (_negated && !IsUnresolved(variables, denies)) : _set == "ForAllValues";
        }

        return _set switch
        {
            "ForAllValues" => actual.All(value => Holds(value, variables, denies)),
            "ForAnyValue" => actual.Any(value => Holds(value, variables, denies)),
            _ => Holds(actual[0], variables, denies),
        };
    }

    public override string ToString() => $"{_operator} {_key}";

    private bool Holds(string value, IPolicyVariables variables, bool denies)
    {
        bool matches = _values.Any(wanted => _compare!(value, wanted, variables));
        return _negated ? !matches && !IsUnresolved(variables, denies) : matches;
    }

    private bool IsUnresolved(IPolicyVariables variables, bool denies) =>
        !denies && _values.Any(wanted => wanted.Unresolved(variables) is not null);

    private sealed record Operator(
        Func<string, PolicyPattern, IPolicyVariables, bool>? Compare, bool Negated = false, bool Wildcards = false,
        Func<string, bool>? Check = null)
    {
        private static readonly Dictionary<string, Operator> All = new(StringComparer.Ordinal)
        {
            ["StringEquals"] = new(EqualsPattern),
            ["StringNotEquals"] = new(EqualsPattern, Negated: true),
            ["StringEqualsIgnoreCase"] = new(EqualsIgnoreCase),
            ["StringNotEqualsIgnoreCase"] = new(EqualsIgnoreCase, Negated: true),
            ["StringLike"] = new(EqualsPattern, Wildcards: true),
            ["StringNotLike"] = new(EqualsPattern, Negated: true, Wildcards: true),
            ["Bool"] = new(EqualsIgnoreCase, Check: static value => bool.TryParse(value, out _)),
            ["IpAddress"] = new(Contains, Check: static value => TryReadNetwork(value, out _)),
            ["NotIpAddress"] = new(Contains, Negated: true, Check: static value => TryReadNetwork(value, out _)),
            ["Null"] = new(null, Check: static value => bool.TryParse(value, out _)),
        };

        public static string Names => string.Join(", ", All.Keys);

        public static Operator? Find(string name) => All.GetValueOrDefault(name);

        public bool Accepts(string value) => Check is null || Check(value);

        private static bool EqualsPattern(string actual, PolicyPattern wanted, IPolicyVariables variables) =>
            wanted.Matches(actual, variables);

        private static bool EqualsIgnoreCase(string actual, PolicyPattern wanted, IPolicyVariables variables) =>
            wanted.Matches(actual, variables, ignoreCase: true);

        private static bool Contains(string actual, PolicyPattern wanted, IPolicyVariables variables) =>
            IPAddress.TryParse(actual, out IPAddress? address) && TryReadNetwork(
                wanted.Text, out IPNetwork network) && network.Contains(address);

        private static bool TryReadNetwork(string text, out IPNetwork network)
        {
            if (text.Contains('/', StringComparison.Ordinal))
            {
                return IPNetwork.TryParse(text, out network);
            }

            network = default;
            if (!IPAddress.TryParse(text, out IPAddress? address))
            {
                return false;
            }

            network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
            return true;
        }
    }
}
