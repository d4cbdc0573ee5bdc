namespace EdgeJobs.LocalCloud.Policies;

/// <summary>The policy variables and condition keys of AWS IoT Core that the local cloud supports.</summary>
internal static class PolicyVariable
{
    public const string ClientId = "iot:ClientId";

    public const string SourceIp = "aws:SourceIp";

    /// <summary>What CONNECT requests: <c>PersistentConnect</c>, <c>LastWill</c>. Only a condition key.</summary>
    public const string ConnectAttributes = "iot:ConnectAttributes";

    /// <summary>The thing of the connection: the one named like the client id, if the certificate is attached to it.</summary>
    public const string ThingName = "iot:Connection.Thing.ThingName";

    public const string ThingTypeName = "iot:Connection.Thing.ThingTypeName";

    /// <summary>Whether the certificate is attached to that thing: <c>true</c> or <c>false</c>.</summary>
    public const string IsAttached = "iot:Connection.Thing.IsAttached";

    /// <summary>Prefix of an attribute of that thing: <c>iot:Connection.Thing.Attributes[site]</c>.</summary>
    public const string Attributes = "iot:Connection.Thing.Attributes[";

    /// <summary>The serial number of the certificate, hexadecimal.</summary>
    public const string SerialNumber = "iot:Certificate.SerialNumber";

    /// <summary>Prefix of an attribute of the certificate's subject: <c>iot:Certificate.Subject.CommonName</c>.</summary>
    public const string Subject = "iot:Certificate.Subject.";

    /// <summary>Prefix of an attribute of the certificate's issuer.</summary>
    public const string Issuer = "iot:Certificate.Issuer.";

    /// <summary>The supported names, for messages.</summary>
    public const string Rule =
        "iot:ClientId, iot:Connection.Thing.ThingName, .ThingTypeName, .IsAttached and .Attributes[NAME], iot:Certificate.Subject.* and "
        + ".Issuer.* "
        + "(CommonName and the other attributes of names), iot:Certificate.SerialNumber, aws:SourceIp, and in conditions "
        + "iot:ConnectAttributes";

    // The X.520 attributes under AWS's names.
    private static readonly Dictionary<string, string> NameAttributes = new(StringComparer.Ordinal)
    {
        ["CommonName"] = "2.5.4.3",
        ["Surname"] = "2.5.4.4",
        ["SerialNumber"] = "2.5.4.5",
        ["Country"] = "2.5.4.6",
        ["State"] = "2.5.4.8",
        ["Organization"] = "2.5.4.10",
        ["OrganizationalUnit"] = "2.5.4.11",
        ["Title"] = "2.5.4.12",
        ["GivenName"] = "2.5.4.42",
        ["Initials"] = "2.5.4.43",
        ["GenerationQualifier"] = "2.5.4.44",
        ["DistinguishedNameQualifier"] = "2.5.4.46",
        ["Pseudonym"] = "2.5.4.65",
    };

    public static bool IsKnown(string name) =>
        name is ClientId or SourceIp or ConnectAttributes or ThingName or ThingTypeName or IsAttached or SerialNumber
        || (name.StartsWith(Attributes, StringComparison.Ordinal) && name.Length > Attributes.Length + 1 && name[^1] == ']')
        || TryGetNameAttribute(name, out _, out _, out _);

    /// <summary>Parses the name of a certificate attribute.</summary>
    /// <param name="name">Such as <c>iot:Certificate.Subject.Organization.1</c>.</param>
    /// <param name="ofIssuer">True for the issuer's attributes.</param>
    /// <param name="oid">The attribute's object identifier.</param>
    /// <param name="index">Which of several values, from 0; -1 for all (<c>.List</c>).</param>
    public static bool TryGetNameAttribute(string name, out bool ofIssuer, out string oid, out int index)
    {
        oid = string.Empty;
        index = 0;
        ofIssuer = name.StartsWith(Issuer, StringComparison.Ordinal);
        if (!ofIssuer && !name.StartsWith(Subject, StringComparison.Ordinal))
        {
            return false;
        }

        string attribute = name[(ofIssuer ? Issuer : Subject).Length..];
        int dot = attribute.IndexOf('.', StringComparison.Ordinal);
        if (dot >= 0)
        {
            string which = attribute[(dot + 1)..];
            if (which == "List")
            {
                index = -1;
            }
            else if (which.Length != 1 || !char.IsAsciiDigit(which[0]))
            {
                return false;
            }
            else
            {
                index = which[0] - '0';
            }

            attribute = attribute[..dot];
        }

        return NameAttributes.TryGetValue(attribute, out oid!);
    }
}
