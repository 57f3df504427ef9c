using System.Text;
using Microsoft.DotNet.Interactive.Utility;

namespace Workbook.Kernel;

/// <summary>Sends <see cref="Console"/> to the cell that writes, and asks the front end where a cell reads.</summary>
public static class ConsoleStreams
{
    static readonly Lock Gate = new();
    static (TextWriter Output, TextWriter Errors)? outside;
    static TextWriter? output;
    static TextWriter? errors;
    static TextReader? input;

    /// <summary>Installs the redirection for this process; to be called before each cell, since the cell before may
    /// have put something else in.</summary>
    public static void Install()
    {
        lock (Gate)
        {
            if (outside is null)
            {
                outside = (Console.Out, Console.Error);
                // The engine puts a console of its own in for the first of those who listen: one always does.
                ConsoleOutput.Subscribe(static _ => new Nobody());
            }
            if (!ReferenceEquals(Console.Out, output))
            {
                Console.SetOut(new Routed("stdout", outside.Value.Output));
                output = Console.Out;
            }
            if (!ReferenceEquals(Console.Error, errors))
            {
                Console.SetError(new Routed("stderr", outside.Value.Errors));
                errors = Console.Error;
            }
            // Setting Console.InputEncoding, as some libraries do, forgets the reader that was set.
            if (input is null || !ReferenceEquals(Console.In, input))
            {
                Console.SetIn(new Asking(Console.In));
                input = Console.In;
            }
        }
    }

    sealed class Nobody : IDisposable
    {
        public void Dispose() { }
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
