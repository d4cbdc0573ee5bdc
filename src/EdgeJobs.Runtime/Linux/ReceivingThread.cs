using System.Runtime.CompilerServices;

namespace EdgeJobs.Runtime.Linux;

/// <summary>The thread in which .NET waits for what comes over the network.</summary>
internal static class ReceivingThread
{
    /// <summary>
    /// Has what is received dealt with in that thread instead of in one of the pool, which would have to be woken for each packet.
    /// Nothing in the agent blocks but for the flushes of its journal, before which nothing more may be done anyhow.
    /// </summary>
    /// <remarks>
    /// Not for an agent with handlers of its own: theirs may block on the network. .NET takes this from the environment when the
    /// first socket is made, and from there alone; its own copy is changed, which no step sees. In a process of the JIT other
    /// things may run beside the agent, such as tests.
    /// </remarks>
    public static void GoOnInline()
    {
        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

            // Otherwise there would be one for each processor.
            Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", "1");
        }
    }
}
