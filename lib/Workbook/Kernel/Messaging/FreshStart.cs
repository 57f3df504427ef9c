using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Workbook.Kernel.Messaging;

/// <summary>Lets this program start anew in the same process: its id, arguments and environment stay, so that whoever
/// started it does not notice; threads and memory are gone.</summary>
static partial class FreshStart
{
    /// <summary>Does not return.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    /// <exception cref="PlatformNotSupportedException">On Windows, which cannot do this.</exception>
    public static void Now()
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("the kernel ends, since Windows cannot restart it in its place");
        string program = Environment.ProcessPath!;
        string[] arguments = Environment.GetCommandLineArgs(); // the assembly comes first, whatever started it
        bool isHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        Execute(program, [program, .. isHost ? arguments : arguments[1..], null]);
        throw new Win32Exception();
    }

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments);
}
