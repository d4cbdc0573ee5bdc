using System.Text;

namespace EdgeJobs.Runtime.Documents;

/// <summary>Takes the arguments of a <c>runCommand</c> apart.</summary>
internal static class CommandSplitter
{
    /// <summary>
    /// Splits at commas. A backslash before a comma makes the comma part of the argument; any other backslash, and all white
    /// space, is kept as it is.
    /// </summary>
    public static List<string> Split(string command)
    {
        List<string> arguments = [];
        StringBuilder argument = new();
        for (int i = 0; i < command.Length; i++)
        {
            char c = command[i];
            if (c == '\\' && i + 1 < command.Length && command[i + 1] == ',')
            {
                argument.Append(',');
                i++;
            }
            else if (c == ',')
            {
                arguments.Add(argument.ToString());
                argument.Clear();
            }
            else
            {
                argument.Append(c);
            }
        }

        arguments.Add(argument.ToString());
        return arguments;
    }
}
