using System.Runtime.InteropServices;
using Google.Protobuf;
using Workbook.Onnx.Format;

namespace Workbook.Onnx;

/// <summary>Builds an ONNX graph node by node; a value is the name of the node's output.</summary>
sealed class GraphBuilder
{
    readonly GraphProto graph = new() { Name = "rule" };
    int names;

    public GraphProto Graph => graph;

    /// <summary>A constant of float64.</summary>
    /// <param name="values">Row-major.</param>
    /// <param name="shape">Its axes; none for a scalar.</param>
    public string Doubles(ReadOnlySpan<double> values, params long[] shape) =>
        Constant(TensorProto.Types.DataType.Double, MemoryMarshal.AsBytes(values), shape);

    /// <summary>A scalar of float64.</summary>
    public string Double(double value) => Doubles([value]);

    /// <summary>A constant list of int64.</summary>
    public string Wholes(params long[] values) =>
        Constant(TensorProto.Types.DataType.Int64, MemoryMarshal.AsBytes(values.AsSpan()), [values.Length]);

    /// <summary>A scalar of int64.</summary>
    public string Whole(long value) => Constant(TensorProto.Types.DataType.Int64, BitConverter.GetBytes(value), []);

    /// <summary>A node without attributes.</summary>
    public string Op(string type, params string[] inputs) => Node(type, inputs, []);

    /// <summary>A node with whole numbers as attributes.</summary>
    public string Op(string type, string[] inputs, params (string Name, long Value)[] attributes) =>
        Node(
            type,
            inputs,
            [
                .. attributes.Select(given => new AttributeProto
                {
                    Name = given.Name,
                    I = given.Value,
                    Type = AttributeProto.Types.AttributeType.Int,
                }),
            ]
        );

    /// <summary>The least or greatest along one axis; <c>ReduceMin</c> and <c>ReduceMax</c> take axes as
    /// attributes.</summary>
    public string Reduce(string type, string input, long axis, bool keep = false)
    {
        var axes = List("axes", axis);
        var kept = new AttributeProto
        {
            Name = "keepdims",
            I = keep ? 1 : 0,
            Type = AttributeProto.Types.AttributeType.Int,
        };
        return Node(type, [input], [axes, kept]);
    }

    /// <summary>The axes in another order.</summary>
    public string Transpose(string input, params long[] order) => Node("Transpose", [input], [List("perm", order)]);

    /// <summary>The sum along one axis.</summary>
    public string Sum(string input, long axis, bool keep = false) =>
        Op("ReduceSum", [input, Wholes(axis)], ("keepdims", keep ? 1 : 0));

    /// <summary>Values at places along an axis.</summary>
    public string Gather(string input, string places, long axis) => Op("Gather", [input, places], ("axis", axis));

    /// <summary>A new axis of length 1.</summary>
    public string Unsqueeze(string input, params long[] axes) => Op("Unsqueeze", input, Wholes(axes));

    /// <summary>All values along an axis in order.</summary>
    /// <param name="input">Any shape.</param>
    /// <param name="count">Length of the axis, a list of one.</param>
    /// <param name="axis">Which.</param>
    /// <param name="descending">Greatest first.</param>
    public string Sorted(string input, string count, long axis, bool descending = false)
    {
        string values = NextName();
        var node = new NodeProto { OpType = "TopK", Name = values };
        node.Input.AddRange([input, count]);
        // Places are not asked for.
        node.Output.AddRange([values, NextName()]);
        foreach (var (name, value) in new[] { ("axis", axis), ("largest", descending ? 1 : 0), ("sorted", 1) })
            node.Attribute.Add(
                new AttributeProto
                {
                    Name = name,
                    I = value,
                    Type = AttributeProto.Types.AttributeType.Int,
                }
            );
        graph.Node.Add(node);
        return values;
    }

    /// <summary>Values of three axes at places along the second, other places for each query.</summary>
    /// <param name="input">[B, m, w].</param>
    /// <param name="places">[B, R].</param>
    /// <param name="zeros">w zeros of int64.</param>
    /// <returns>[B, R, w].</returns>
    public string At(string input, string places, string zeros) =>
        Op("GatherElements", [input, Add(Unsqueeze(places, 2), zeros)], ("axis", 1));

    /// <summary>Prefix sums along axis 1 of three, with a zero in front.</summary>
    public string PrefixSums(string input) =>
        Op("Pad", Op("CumSum", input, Whole(1)), Wholes(0, 1, 0, 0, 0, 0), Double(0));

    public string Add(string a, string b) => Op("Add", a, b);

    public string Subtract(string a, string b) => Op("Sub", a, b);

    public string Times(string a, string b) => Op("Mul", a, b);

    public string Over(string a, string b) => Op("Div", a, b);

    public string Size(string a) => Op("Abs", a);

    public string Relu(string a) => Op("Relu", a);

    /// <summary>float64 of int64 or of a truth.</summary>
    public string ToDouble(string a) => Op("Cast", [a], ("to", (long)TensorProto.Types.DataType.Double));

    /// <summary>float64, rounded to what float32 has.</summary>
    public string RoundedToSingle(string a) =>
        ToDouble(Op("Cast", [a], ("to", (long)TensorProto.Types.DataType.Float)));

    /// <summary>Names an output of the graph.</summary>
    public void Output(string value, string name, TensorProto.Types.DataType type, string says, params string[] axes)
    {
        var node = new NodeProto { OpType = "Identity", Name = name };
        node.Input.Add(value);
        node.Output.Add(name);
        graph.Node.Add(node);
        graph.Output.Add(Value(name, type, says, axes));
    }

    /// <summary>Names an input of the graph.</summary>
    public void Input(string name, TensorProto.Types.DataType type, string says, params string[] axes) =>
        graph.Input.Add(Value(name, type, says, axes));

    static ValueInfoProto Value(string name, TensorProto.Types.DataType type, string says, string[] axes)
    {
        var shape = new TensorShapeProto();
        foreach (string axis in axes)
            shape.Dim.Add(
                long.TryParse(axis, out long length)
                    ? new TensorShapeProto.Types.Dimension { DimValue = length }
                    : new TensorShapeProto.Types.Dimension { DimParam = axis }
            );
        return new()
        {
            Name = name,
            DocString = says,
            Type = new()
            {
                TensorType = new() { ElemType = (int)type, Shape = shape },
            },
        };
    }

    static AttributeProto List(string name, params long[] values)
    {
        var list = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        list.Ints.AddRange(values);
        return list;
    }

    string Node(string type, string[] inputs, AttributeProto[] attributes)
    {
        string output = NextName();
        var node = new NodeProto { OpType = type, Name = output };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        node.Attribute.AddRange(attributes);
        graph.Node.Add(node);
        return output;
    }

    string Constant(TensorProto.Types.DataType type, ReadOnlySpan<byte> data, long[] shape)
    {
        var tensor = new TensorProto
        {
            Name = NextName(),
            DataType = (int)type,
            RawData = ByteString.CopyFrom(data),
        };
        tensor.Dims.AddRange(shape);
        graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    string NextName() => $"v{names++}";
}
