namespace EdgeJobs.Runtime.Documents;

/// <summary>Splits the command of a <c>runCommand</c> into arguments.</summary>
internal static class CommandSplitter
{
    /// <summary>
    /// Splits at commas. A backslash before a comma makes the comma part of the argument. Other backslashes and all white space are kept.
    /// </summary>
    public static string[] Split(string command)
    {
        // An escaped comma leaves an element unused.
        string[] arguments = new string[command.AsSpan().Count(',') + 1];
        int count = 0;
        int start = 0;
        for (int i = 0; i < command.Length; i++)
        {
            if (command[i] == ',' && (i == start || command[i - 1] != '\\'))
            {
                arguments[count++] = Unescape(command[start..i]);
                start = i + 1;
            }
        }

        arguments[count++] = Unescape(command[start..]);
        return count == arguments.Length ? arguments : arguments[..count];
    }

    private static string Unescape(string argument) => argument.Replace("\\,", ",", StringComparison.Ordinal);
}
