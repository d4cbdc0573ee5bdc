using EdgeJobs.Client;

namespace EdgeJobs.Runtime.Provisioning;

/// <summary>What came of a step.</summary>
internal abstract record ProvisioningReply
{
    private ProvisioningReply()
    {
    }

    /// <summary>The board has made its key.</summary>
    /// <param name="PrivateKey">PEM, PKCS #8.</param>
    public sealed record Key(Secret PrivateKey) : ProvisioningReply;

    /// <summary>The service has made a certificate.</summary>
    /// <param name="PrivateKey">PEM: the one that the certificate is for.</param>
    /// <param name="CertificateId">Its id.</param>
    /// <param name="Pem">The certificate, PEM.</param>
    /// <param name="Token">Proves that it was made for this board.</param>
    public sealed record Certificate(Secret PrivateKey, string CertificateId, string Pem, Secret Token) : ProvisioningReply;

    /// <summary>The service has registered the board.</summary>
    /// <param name="Name">The thing; null when the template makes none.</param>
    /// <param name="Configuration">What the template tells its boards: one JSON object, or null.</param>
    public sealed record Thing(string? Name, string? Configuration) : ProvisioningReply;

    /// <summary>The board has connected as the thing.</summary>
    public sealed record Connected : ProvisioningReply;

    /// <summary>The service refuses.</summary>
    /// <param name="StatusCode">As of HTTP; 0 when it tells none.</param>
    /// <param name="Code">The kind of fault, in the service's words.</param>
    /// <param name="Message">The reason, in the service's words.</param>
    public sealed record Rejected(int StatusCode, string Code, string Message) : ProvisioningReply
    {
        /// <summary>Whether the request was turned away unseen because there were too many of them.</summary>
        public bool IsThrottled => StatusCode == 429 || Code.Contains("Throttl", StringComparison.OrdinalIgnoreCase) || Code.Contains("TooManyRequests", StringComparison.OrdinalIgnoreCase);

        /// <summary>Whether it is the service's own fault, which may pass; it may have acted on the request.</summary>
        public bool IsServiceFault => StatusCode >= 500 || Code.Contains("Internal", StringComparison.OrdinalIgnoreCase) || Code.Contains("ServiceUnavailable", StringComparison.OrdinalIgnoreCase);

        /// <summary>Whether it is the token that is refused.</summary>
        public bool IsAboutToken => Code.Contains("OwnershipToken", StringComparison.OrdinalIgnoreCase);

        /// <summary>For operators.</summary>
        public string Text => $"{(Code.Length > 0 ? Code : "no error code")}{(StatusCode > 0 ? $" ({StatusCode})" : "")}{(Message.Length > 0 ? ": " + Message.ReplaceLineEndings(" ") : "")}";
    }

    /// <summary>There is no answer: no connection, or none within the time.</summary>
    /// <param name="Kind">What is wrong with the connection.</param>
    /// <param name="Reason">One line for the operator.</param>
    public sealed record None(ConnectFailureKind Kind, string Reason) : ProvisioningReply
    {
        /// <summary>Whether the request may have reached the service all the same.</summary>
        public bool MayHaveActed { get; init; }
    }
}
