namespace EdgeJobs.Runtime.Linux;

/// <summary>Finds the file of a program.</summary>
internal static class ProgramFinder
{
    /// <summary>
    /// Finds a program like a shell: a name with a slash is a path, relative to the working directory; any other is searched for.
    /// </summary>
    /// <param name="name">The name.</param>
    /// <param name="searchPath">
    /// The directories to search, separated by colons. Relative ones are ignored: a document chooses the working directory.
    /// </param>
    /// <param name="workingDirectory">The absolute working directory of the step.</param>
    /// <param name="fault">Why there is none.</param>
    public static string? Find(string name, string searchPath, string workingDirectory, out string fault)
    {
        if (name.Contains('/', StringComparison.Ordinal))
        {
            string path = Path.Combine(workingDirectory, name);
            return Check(path, out fault) ? path : null;
        }

        string? notExecutable = null;
        foreach (string directory in Directories(name, searchPath, workingDirectory))
        {
            string candidate = Path.Combine(directory, name);
            if (!File.Exists(candidate))
            {
                continue;
            }

            if (Check(candidate, out fault))
            {
                return candidate;
            }

            notExecutable ??= fault;
        }

        fault = notExecutable ?? $"there is no program '{name}' in PATH ({searchPath}); install it, or give its full path";
        return null;
    }

    /// <summary>The directories that <see cref="Find"/> searches, in order.</summary>
    public static string[] Directories(string name, string searchPath, string workingDirectory) =>
        name.Contains('/', StringComparison.Ordinal)
            ? [workingDirectory]
            : Array.FindAll(searchPath.Split(':', StringSplitOptions.RemoveEmptyEntries), static directory => directory[0] == '/');

    /// <summary>Finds a handler in a directory that the document names.</summary>
    public static string? FindHandler(string handler, string directory, out string fault) =>
        HandlerPath(handler, directory, out fault) is { } path && Check(path, out fault) ? path : null;

    /// <summary>The path of a handler, which must be inside the directory; null when it is not.</summary>
    public static string? HandlerPath(string handler, string directory, out string fault)
    {
        bool isInside = !Path.IsPathRooted(handler) && !handler.Split('/').Contains("..");
        fault = isInside ? string.Empty : $"the handler '{handler}' is outside {directory}; give a file name";
        return isInside ? Path.Combine(directory, handler) : null;
    }

    /// <summary>Whether the agent's user can enter a directory.</summary>
    public static bool CheckDirectory(string directory, out string fault)
    {
        fault = string.Empty;
        if (File.Exists(directory))
        {
            fault = $"the working directory {directory} is a file; give a directory";
        }
        else if (!Directory.Exists(directory))
        {
            fault = $"the working directory {directory} does not exist; create it, or change workingDirectory in the document";
        }
        else if (Libc.Access(directory, Libc.AccessExecute) != 0)
        {
            fault = $"the agent's user can't enter the working directory {directory}; "
                + "give it permission, or change workingDirectory in the document";
        }

        return fault.Length == 0;
    }

    private static bool Check(string path, out string fault)
    {
        fault = string.Empty;
        if (Directory.Exists(path))
        {
            fault = $"{path} is a directory, not a program";
        }
        else if (!File.Exists(path))
        {
            fault = $"{path} does not exist";
        }
        else if (Libc.Access(path, Libc.AccessExecute) != 0)
        {
            fault = $"{path} is not executable by the agent's user; chmod 700 it";
        }

        return fault.Length == 0;
    }
}
