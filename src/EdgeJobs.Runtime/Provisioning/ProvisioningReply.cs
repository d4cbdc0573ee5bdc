using EdgeJobs.Client;

namespace EdgeJobs.Runtime.Provisioning;

/// <summary>The reply to a step.</summary>
internal abstract record ProvisioningReply
{
    private ProvisioningReply()
    {
    }

    /// <summary>The board has created its key.</summary>
    /// <param name="PrivateKey">PEM, PKCS #8.</param>
    public sealed record Key(Secret PrivateKey) : ProvisioningReply;

    /// <summary>The service has issued a certificate.</summary>
    /// <param name="PrivateKey">The key of the certificate, PEM.</param>
    /// <param name="CertificateId">Its id.</param>
    /// <param name="Pem">The certificate, PEM.</param>
    /// <param name="Token">Its ownership token.</param>
    public sealed record Certificate(Secret PrivateKey, string CertificateId, string Pem, Secret Token) : ProvisioningReply;

    /// <summary>The service has registered the board.</summary>
    /// <param name="Name">The thing; null when the template creates none.</param>
    /// <param name="Configuration">The device configuration as a JSON object, or null.</param>
    public sealed record Thing(string? Name, string? Configuration) : ProvisioningReply;

    /// <summary>The board has connected as the thing.</summary>
    public sealed record Connected : ProvisioningReply;

    /// <summary>The service rejected the request.</summary>
    /// <param name="StatusCode">An HTTP status code; 0 when there is none.</param>
    /// <param name="Code">The service's error code.</param>
    /// <param name="Message">The service's error message.</param>
    public sealed record Rejected(int StatusCode, string Code, string Message) : ProvisioningReply
    {
        /// <summary>Whether the service did not process the request because there were too many.</summary>
        public bool IsThrottled => StatusCode == 429
            || Code.Contains("Throttl", StringComparison.OrdinalIgnoreCase)
            || Code.Contains("TooManyRequests", StringComparison.OrdinalIgnoreCase);

        /// <summary>Whether it is a temporary error of the service, which may have processed the request.</summary>
        public bool IsServiceFault => StatusCode >= 500
            || Code.Contains("Internal", StringComparison.OrdinalIgnoreCase)
            || Code.Contains("ServiceUnavailable", StringComparison.OrdinalIgnoreCase);

        /// <summary>Whether the token was rejected.</summary>
        public bool IsAboutToken => Code.Contains("OwnershipToken", StringComparison.OrdinalIgnoreCase);

        /// <summary>For messages.</summary>
        public string Text => $"{(Code.Length > 0 ? Code : "no error code")}{(StatusCode > 0 ? $" ({StatusCode})" : "")}"
            + (Message.Length > 0 ? ": " + Message.ReplaceLineEndings(" ") : "");
    }

    /// <summary>There is no usable reply, for example because there is no connection.</summary>
    /// <param name="Kind">The kind of failure.</param>
    /// <param name="Reason">The reason and the fix, for messages.</param>
    public sealed record None(ConnectFailureKind Kind, string Reason) : ProvisioningReply
    {
        /// <summary>Whether the service may have processed the request.</summary>
        public bool MayHaveActed { get; init; }
    }
}
