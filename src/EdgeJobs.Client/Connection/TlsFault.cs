using System.Security.Authentication;

namespace EdgeJobs.Client;

/// <summary>Says in words why TLS failed.</summary>
internal static class TlsFault
{
    private const string CheckPort = "check that this port speaks MQTT over TLS (8883)";

    /// <summary>Of a handshake that failed.</summary>
    /// <param name="exception">What the TLS stream threw.</param>
    /// <param name="refusal">Why the server's certificate was refused; null when it was not.</param>
    /// <param name="first">The first bytes that the server sent.</param>
    /// <param name="options">Whom was connected to.</param>
    public static ConnectFailure OfHandshake(Exception exception, string? refusal, ReadOnlySpan<byte> first, MqttConnectionOptions options)
    {
        string where = $"{options.Host}:{options.Port}";
        string text = refusal switch
        {
            not null => $"{where}: {refusal}",
            null when first.IsEmpty => $"{where} closes the connection in the TLS handshake, as a port without TLS does; {CheckPort}",
            null when first.SequenceEqual("HTTP/"u8) => $"{where} answers in HTTP: a web server listens there; {CheckPort}",
            null when !IsTlsRecord(first) => $"{where} answers, but not in TLS; {CheckPort}",
            null when IsAlert(exception) => Refused(exception, options).Message,
            null when exception is AuthenticationException => $"{where}: the TLS handshake failed ({Cause(exception)}); {CheckPort}, and TLS 1.2 or 1.3",
            null => $"{where}: the connection was lost in the TLS handshake ({Cause(exception)}); check the network, and that the thing's certificate{ReasonText.File(options)} is registered and active there",
        };
        return new ConnectFailure(ConnectFailureKind.Tls, ConnectStage.Tls, text);
    }

    /// <summary>Of an alert by which the server refuses the handshake, or what the client showed in it.</summary>
    public static ConnectFailure Refused(Exception exception, MqttConnectionOptions options)
    {
        string where = $"{options.Host}:{options.Port}";
        string cause = Cause(exception);
        string text = options.CertificateFile is null
            ? $"{where} refuses the TLS handshake ({cause}); a server that wants a certificate from the thing does so: give --cert and --key"
            : cause.Contains("certificate", StringComparison.Ordinal) || cause.Contains("unknown ca", StringComparison.Ordinal) || cause.Contains("access denied", StringComparison.Ordinal)
            ? $"{where} refuses the thing's certificate{ReasonText.File(options)}: {cause}; check that the certificate is registered and active there"
            : $"{where} refuses the TLS handshake ({cause}); check that it takes TLS 1.2 or 1.3 with this host name, and that the thing's certificate{ReasonText.File(options)} is registered and active there";
        return new ConnectFailure(ConnectFailureKind.Tls, ConnectStage.Tls, text);
    }

    /// <summary>True when the other side has said by a TLS alert that it goes no further.</summary>
    public static bool IsAlert(Exception exception) => exception.GetBaseException().Message.Contains("alert", StringComparison.Ordinal);

    /// <summary>True when what the other side has sent first is TLS.</summary>
    public static bool IsTls(ReadOnlySpan<byte> first) => !first.IsEmpty && IsTlsRecord(first);

    /// <summary>The cause without OpenSSL's numbers: <c>error:0A000418:SSL routines::tlsv1 alert unknown ca</c> ends in what counts.</summary>
    private static string Cause(Exception exception)
    {
        string message = ReasonText.OneLine(exception.GetBaseException().Message);
        int routines = message.LastIndexOf("::", StringComparison.Ordinal);
        return routines < 0 ? message : message[(routines + 2)..];
    }

    /// <summary>Handshake and alert are the records that a server may begin with.</summary>
    private static bool IsTlsRecord(ReadOnlySpan<byte> first) => first[0] is 0x16 or 0x15 && (first.Length < 2 || first[1] == 3);
}
