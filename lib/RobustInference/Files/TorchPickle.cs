using System.Buffers.Binary;
using System.Text;
using Operation = RobustInference.Files.PickleOperation;

namespace RobustInference.Files;

/// <summary>Reads the pickle inside a torch file: the part of protocol 2 that <c>torch.save</c> writes for
/// dictionaries and lists of tensors, numbers and texts, and nothing beside it.</summary>
/// <remarks>A pickle is a program for a stack machine, and Python's own reader calls whatever it names. This one knows
/// the names of <see cref="TorchVocabulary"/>; any other is refused when it is named, before anything is done with it.
/// There is no recursion, and a program of n bytes makes at most n small objects.
/// </remarks>
sealed class TorchPickle
{
    /// <summary>Of a program, which has about 150 bytes a tensor.</summary>
    public const int LongestProgram = 4 << 20;

    const int DeepestStack = 100_000;

    static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    readonly byte[] program;
    readonly List<object?> stack = [];
    readonly Stack<int> marks = [];
    readonly Dictionary<long, object?> memo = [];
    int at;

    TorchPickle(byte[] program) => this.program = program;

    /// <summary>Runs a program and gives what it leaves: a dictionary of tensors in their order, if it is what it
    /// should be.</summary>
    /// <exception cref="InvalidDataException">An operation or a name that is not on the list, a stack that does not
    /// fit, a tensor outside its storage, a key that is there twice.</exception>
    public static Dictionary<string, object?> Read(byte[] program)
    {
        if (program.Length > LongestProgram)
            throw new InvalidDataException($"holds a pickle of {program.Length:N0} bytes");
        try
        {
            return new TorchPickle(program).Run() as Dictionary<string, object?>
                ?? throw new InvalidDataException("holds no dictionary of tensors: save the model's state_dict()");
        }
        catch (Exception e) when (e is IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            throw new InvalidDataException("holds a pickle that is truncated", e);
        }
    }

    object? Run()
    {
        if (Next() != (byte)Operation.Proto || Next() != 2)
            throw new InvalidDataException("holds a pickle of another protocol than 2");
        while (true)
        {
            if (stack.Count + marks.Count > DeepestStack)
                throw new InvalidDataException("holds a pickle that is nested too deep");
            var operation = (Operation)Next();
            switch (operation)
            {
                case Operation.Stop:
                    return stack is [var result] && marks.Count == 0 && at == program.Length
                        ? result
                        : throw new InvalidDataException("holds a pickle that does not end well");
                case Operation.Mark:
                    marks.Push(stack.Count);
                    break;
                case Operation.None:
                    stack.Add(null);
                    break;
                case Operation.NewTrue:
                    stack.Add(true);
                    break;
                case Operation.NewFalse:
                    stack.Add(false);
                    break;
                case Operation.BinInt1:
                    stack.Add((long)Next());
                    break;
                case Operation.BinInt2:
                    stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)));
                    break;
                case Operation.BinInt:
                    stack.Add((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)));
                    break;
                case Operation.Long1:
                    stack.Add(LongInteger(Take(Next())));
                    break;
                case Operation.BinUnicode:
                    stack.Add(Text(Take(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))));
                    break;
                case Operation.EmptyTuple:
                    stack.Add(Array.Empty<object?>());
                    break;
                case Operation.Tuple1:
                    stack.Add(PopFrom(stack.Count - 1));
                    break;
                case Operation.Tuple2:
                    stack.Add(PopFrom(stack.Count - 2));
                    break;
                case Operation.Tuple3:
                    stack.Add(PopFrom(stack.Count - 3));
                    break;
                case Operation.Tuple:
                    stack.Add(PopFrom(PopMark()));
                    break;
                case Operation.BinFloat:
                    stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Take(8)));
                    break;
                case Operation.EmptyList:
                    stack.Add(new List<object?>());
                    break;
                case Operation.Append:
                    Append(stack.Count - 1);
                    break;
                case Operation.Appends:
                    Append(PopMark());
                    break;
                case Operation.EmptyDict:
                    stack.Add(new Dictionary<string, object?>());
                    break;
                case Operation.SetItem:
                    SetItems(stack.Count - 2);
                    break;
                case Operation.SetItems:
                    SetItems(PopMark());
                    break;
                case Operation.BinPut:
                    memo[Next()] = Top();
                    break;
                case Operation.LongBinPut:
                    memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Top();
                    break;
                case Operation.BinGet:
                    stack.Add(Remembered(Next()));
                    break;
                case Operation.LongBinGet:
                    stack.Add(Remembered(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))));
                    break;
                case Operation.Global:
                    stack.Add(TorchVocabulary.Known(Line(), Line()));
                    break;
                case Operation.BinPersId:
                    stack.Add(TorchVocabulary.Storage(Pop()));
                    break;
                case Operation.Reduce:
                    var arguments = Pop();
                    stack.Add(TorchVocabulary.Call(Pop(), arguments));
                    break;
                case Operation.Build:
                    Attach(Pop());
                    break;
                default:
                    throw new InvalidDataException(
                        $"holds a pickle with the operation {Name(operation)}, which is not read: only "
                            + "tensors and dictionaries are"
                    );
            }
        }
    }

    // A state_dict carries its modules' versions as an attribute, which nothing here needs.
    void Attach(object? state)
    {
        if (
            Top() is not Dictionary<string, object?>
            || state is not Dictionary<string, object?> { Count: 1 } attributes
            || !attributes.ContainsKey("_metadata")
        )
            throw new InvalidDataException(
                "holds a pickle with the operation BUILD on something else than a state_dict"
            );
    }

    void Append(int from)
    {
        object?[] items = PopFrom(from);
        if (Top() is not List<object?> target)
            throw new InvalidDataException("holds a pickle that appends to something else than a list");
        target.AddRange(items);
    }

    void SetItems(int from)
    {
        object?[] items = PopFrom(from);
        if (Top() is not Dictionary<string, object?> target || items.Length % 2 != 0)
            throw new InvalidDataException("holds a pickle that fills something else than a dictionary");
        for (int i = 0; i < items.Length; i += 2)
        {
            // An optimizer numbers its parameters.
            string key = items[i] switch
            {
                string text => text,
                long number => number.ToString(System.Globalization.CultureInfo.InvariantCulture),
                _ => throw new InvalidDataException("holds a dictionary with a key that is neither text nor a number"),
            };
            if (!target.TryAdd(key, items[i + 1]))
                throw new InvalidDataException($"holds the key {key} twice");
        }
    }

    object?[] PopFrom(int from)
    {
        if (marks.TryPeek(out int mark) && from < mark)
            throw new InvalidDataException("holds a pickle that takes more than there is");
        object?[] items = [.. stack.GetRange(from, stack.Count - from)];
        stack.RemoveRange(from, stack.Count - from);
        return items;
    }

    object? Pop() => PopFrom(stack.Count - 1)[0];

    object? Top() => stack[^1];

    int PopMark() =>
        marks.TryPop(out int mark)
            ? mark
            : throw new InvalidDataException("holds a pickle that takes more than there is");

    object? Remembered(long key) =>
        memo.TryGetValue(key, out object? value)
            ? value
            : throw new InvalidDataException($"holds a pickle that recalls {key}, which it never stored");

    byte Next() => program[at++];

    ReadOnlySpan<byte> Take(long count)
    {
        var bytes = program.AsSpan(
            at,
            count <= program.Length ? (int)count : throw new InvalidDataException("holds a pickle that is truncated")
        );
        at += bytes.Length;
        return bytes;
    }

    string Line()
    {
        int length = program.AsSpan(at).IndexOf((byte)'\n');
        string line = Text(Take(length < 0 ? program.Length : length));
        at++;
        return line;
    }

    // Names go into messages, which have one line.
    static string Text(ReadOnlySpan<byte> bytes)
    {
        string text;
        try
        {
            text = StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidDataException("holds a text that is not UTF-8");
        }
        return text.Length <= 1000 && !text.Any(char.IsControl)
            ? text
            : throw new InvalidDataException("holds a name that is too long, or has control characters");
    }

    static long LongInteger(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 8)
            throw new InvalidDataException($"holds an integer of {bytes.Length} bytes");
        long value = bytes.Length > 0 && (bytes[^1] & 0x80) != 0 ? -1 : 0;
        for (int i = bytes.Length - 1; i >= 0; i--)
            value = value << 8 | bytes[i];
        return value;
    }

    static string Name(Operation operation) =>
        Enum.IsDefined(operation) ? operation.ToString().ToUpperInvariant() : $"0x{(byte)operation:X2}";
}
