namespace EdgeJobs.Client;

/// <summary>The stages of connecting, in their order.</summary>
public enum ConnectStage
{
    /// <summary>The certificate, key and CA files are read and checked.</summary>
    Credentials,

    /// <summary>The host's name is resolved.</summary>
    Resolve,

    /// <summary>A TCP connection is made, to the server or to the proxy before it.</summary>
    Tcp,

    /// <summary>The proxy is asked to connect to the server.</summary>
    Proxy,

    /// <summary>The TLS handshake; also a server's word about the thing's certificate that comes after it, as with TLS 1.3.</summary>
    Tls,

    /// <summary>CONNECT is sent and CONNACK received.</summary>
    Connect,

    /// <summary>SUBSCRIBE is sent and SUBACK received.</summary>
    Subscribe,
}
