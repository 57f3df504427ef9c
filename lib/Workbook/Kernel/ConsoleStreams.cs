using System.Text;

namespace Workbook.Kernel;

/// <summary>Sends <see cref="Console"/> to the cell that writes, and asks the front end where a cell reads.</summary>
public static class ConsoleStreams
{
    static readonly Lock Gate = new();
    static Routed? routedOutput,
        routedError;
    static TextWriter? output, // as the console has wrapped them
        error;
    static TextReader? input;

    /// <summary>Installs the redirection for this process; to be called before each cell.</summary>
    public static void Install()
    {
        lock (Gate)
        {
            // A cell may set its own, and must not mute those behind it.
            if (output is null || !ReferenceEquals(Console.Out, output))
            {
                routedOutput ??= new Routed("stdout", Console.Out);
                Console.SetOut(routedOutput);
                output = Console.Out;
            }
            if (error is null || !ReferenceEquals(Console.Error, error))
            {
                routedError ??= new Routed("stderr", Console.Error);
                Console.SetError(routedError);
                error = Console.Error;
            }
            // Setting Console.InputEncoding, as some libraries do, forgets the reader that was set.
            if (input is null || !ReferenceEquals(Console.In, input))
            {
                Console.SetIn(new Asking(Console.In));
                input = Console.In;
            }
        }
    }

    sealed class Routed(string name, TextWriter outside) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => Write(value.ToString());

        public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

        public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

        public override void Write(string? value)
        {
            if (value is null)
                return;
            if (CellOutput.Current is { } cell)
                cell.Write(name, value);
            else
                outside.Write(value);
        }

        // One write for text and newline: lines of several threads do not mix.
        public override void WriteLine() => Write("\n");

        public override void WriteLine(string? value) => Write(value + "\n");

        public override void WriteLine(ReadOnlySpan<char> buffer) => Write(buffer.ToString() + "\n");

        public override void Flush()
        {
            if (CellOutput.Current is null)
                outside.Flush();
        }
    }

    sealed class Asking(TextReader outside) : TextReader
    {
        string line = "";

        public override string? ReadLine()
        {
            if (CellOutput.Current is not { } cell)
                return outside.ReadLine();
            string rest = line.TrimEnd('\n');
            if (line.Length == 0)
                return cell.ReadLine("", hidden: false);
            line = "";
            return rest;
        }

        public override int Peek() =>
            Fill() ? line[0]
            : CellOutput.Current is null ? outside.Peek()
            : -1;

        public override int Read()
        {
            if (!Fill())
                return outside.Read();
            char first = line[0];
            line = line[1..];
            return first;
        }

        bool Fill()
        {
            if (CellOutput.Current is not { } cell)
                return false;
            if (line.Length == 0)
                line = cell.ReadLine("", hidden: false) + "\n";
            return true;
        }
    }
}
