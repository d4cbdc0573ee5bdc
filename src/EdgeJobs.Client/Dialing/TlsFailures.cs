using System.Security.Authentication;
using EdgeJobs.Client.Failures;

namespace EdgeJobs.Client.Dialing;

/// <summary>The failures of TLS.</summary>
internal static class TlsFailures
{
    /// <summary>The handshake failed.</summary>
    /// <param name="exception">The exception of the TLS stream.</param>
    /// <param name="refusal">Why the server's certificate was refused; null if it was not.</param>
    /// <param name="first">The first bytes from the server.</param>
    /// <param name="options">Name the server.</param>
    public static ConnectFailure OfHandshake(Exception exception, string? refusal, ReadOnlySpan<byte> first, MqttConnectionOptions options)
    {
        string where = $"{options.Host}:{options.Port}";
        string checkPort = $"check that this port speaks {options.Protocol.Name} ({options.Protocol.Port})";
        string text = refusal switch
        {
            not null => $"{where}: {refusal}",
            null when first.IsEmpty => $"{where} closes the connection in the TLS handshake, as a port without TLS does; {checkPort}",
            null when first.SequenceEqual("HTTP/"u8) => $"{where} answers in HTTP: a web server listens there; {checkPort}",
            null when !IsTlsRecord(first) => $"{where} answers, but not in TLS; {checkPort}",
            null when IsAlert(exception) => Refused(exception, options).Message,
            null when exception is AuthenticationException =>
                $"{where}: the TLS handshake failed ({Cause(exception)}); {checkPort}, and TLS 1.2 or 1.3",
            null =>
                $"{where}: the connection was lost in the TLS handshake ({Cause(exception)}); check the network, and that the thing's "
                    + $"certificate{FailureText.File(options)} is registered and active there",
        };
        return new ConnectFailure(ConnectFailureKind.Tls, ConnectStage.Tls, text);
    }

    /// <summary>The server refused the handshake or the client's certificate with an alert.</summary>
    public static ConnectFailure Refused(Exception exception, MqttConnectionOptions options)
    {
        string where = $"{options.Host}:{options.Port}";
        string cause = Cause(exception);
        string text = options.CertificateFile is null
            ? $"{where} refuses the TLS handshake ({cause}); a server that requires a client certificate does so: give --cert and --key"
            : FixFor(cause) is { } fix
            ? $"{where} refuses the thing's certificate{FailureText.File(options)}: {cause}; {fix}"
            : $"{where} refuses the TLS handshake ({cause}); check that it takes TLS 1.2 or 1.3 with this host name, and that the thing's "
                + $"certificate{FailureText.File(options)} is registered and active there";
        return new ConnectFailure(ConnectFailureKind.Tls, ConnectStage.Tls, text);
    }

    /// <summary>True if the server sent a TLS alert.</summary>
    public static bool IsAlert(Exception exception) => exception.GetBaseException().Message.Contains("alert", StringComparison.Ordinal);

    /// <summary>True if the first bytes from the server are TLS.</summary>
    public static bool IsTls(ReadOnlySpan<byte> first) => !first.IsEmpty && IsTlsRecord(first);

    /// <summary>The fix for an alert about the thing's certificate; null for any other alert.</summary>
    private static string? FixFor(string alert) => alert switch
    {
        "TLS alert 'unknown ca'" => "register it or its CA there, and append the intermediates to its file",
        "TLS alert 'certificate expired'" => "give the thing a new certificate, or set the server's clock if that is wrong",
        "TLS alert 'certificate revoked'" => "it was revoked there: give the thing a new certificate",
        "TLS alert 'unsupported certificate'" =>
            "it is not for TLS clients: reissue it with the extended key usage clientAuth and the key usage digitalSignature",
        "TLS alert 'bad certificate'" => "check that the certificate is registered and active there, and valid by the server's clock",
        "TLS alert 'certificate unknown'" or "TLS alert 'access denied'" => "check that the certificate is registered and active there",
        _ => null,
    };

    /// <summary>
    /// The cause without the parts that differ between versions of OpenSSL: <c>error:0A000418:SSL routines::tlsv1 alert unknown ca</c> is
    /// the alert 'unknown ca'.
    /// </summary>
    private static string Cause(Exception exception)
    {
        string message = FailureText.OneLine(exception.GetBaseException().Message);
        int alert = message.LastIndexOf(" alert ", StringComparison.Ordinal);
        int routines = message.LastIndexOf("::", StringComparison.Ordinal);
        return alert >= 0 ? $"TLS alert '{message[(alert + " alert ".Length)..]}'"
            : routines >= 0 ? message[(routines + 2)..]
            : message;
    }

    /// <summary>A server starts with a handshake or an alert record.</summary>
    private static bool IsTlsRecord(ReadOnlySpan<byte> first) => first[0] is 0x16 or 0x15 && (first.Length < 2 || first[1] == 3);
}
