namespace EdgeJobs.Client;

/// <summary>The stages of connecting, in order.</summary>
public enum ConnectStage
{
    /// <summary>The certificate, key and CA files are read and checked.</summary>
    Credentials,

    /// <summary>The host's name is resolved.</summary>
    Resolve,

    /// <summary>A TCP connection is made, to the server or to the proxy before it.</summary>
    Tcp,

    /// <summary>The proxy connects to the server.</summary>
    Proxy,

    /// <summary>The TLS handshake, including a later alert about the client certificate, as in TLS 1.3.</summary>
    Tls,

    /// <summary>CONNECT is sent and CONNACK received.</summary>
    Connect,

    /// <summary>SUBSCRIBE is sent and SUBACK received.</summary>
    Subscribe,
}
