using CsCheck;
using RobustInference.Files;

namespace Tests.RobustInference.Files;

public class NumpyArrayTests
{
    static readonly (char Kind, int Bytes)[] Types =
    [
        ('f', 2),
        ('f', 4),
        ('f', 8),
        ('i', 1),
        ('i', 2),
        ('u', 4),
        ('u', 8),
    ];

    static string Fixture(string name) =>
        Path.Combine(AppContext.BaseDirectory, "RobustInference", "Files", "fixtures", name);

    static NumpyArray Read(byte[] bytes) => NumpyArray.Read(new MemoryStream(bytes), bytes.Length);

    static string Refusal(byte[] bytes) => Assert.Throws<InvalidDataException>(() => Read(bytes)).Message;

    // [[0, 1, −2], [3.5, 0.25, −6]], as NumPy wrote it.
    [Theory]
    [InlineData("le-f2", "float16"), InlineData("be-f2", "float16"), InlineData("le-f4", "float32")]
    [InlineData("be-f4", "float32"), InlineData("le-f8", "float64"), InlineData("be-f8", "float64")]
    public void Floats_that_numpy_wrote_are_read_in_either_byte_order(string file, string type)
    {
        var array = Read(File.ReadAllBytes(Fixture(file + ".npy")));
        Assert.Equal((type, "(2, 3)"), (array.TypeName, array.ShapeText));
        Assert.Equal([0, 1, -2, 3.5f, 0.25f, -6], array.ToFloats());
    }

    [Theory]
    [
        InlineData("le-i1", -2),
        InlineData("le-i2", -2),
        InlineData("be-i2", -2),
        InlineData("le-i4", -2),
        InlineData("be-i4", -2),
        InlineData("le-i8", -2)
    ]
    [
        InlineData("be-i8", -2),
        InlineData("le-u1", 2),
        InlineData("le-u2", 2),
        InlineData("le-u4", 2),
        InlineData("le-u8", 2)
    ]
    public void Integers_that_numpy_wrote_are_read_in_either_byte_order(string file, long third) =>
        Assert.Equal([0, 1, third, 3, 0, 3 * third], Read(File.ReadAllBytes(Fixture(file + ".npy"))).ToIntegers());

    [Fact]
    public void An_array_in_column_order_is_turned_to_row_order()
    {
        var array = Read(File.ReadAllBytes(Fixture("fortran.npy")));
        Assert.Equal([2, 3, 4], array.Shape);
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (long)i), array.ToIntegers());
    }

    [Fact]
    public void A_scalar_has_no_axes_and_one_number()
    {
        var array = Read(File.ReadAllBytes(Fixture("scalar.npy")));
        Assert.Equal("()", array.ShapeText);
        Assert.Equal([0.5f], array.ToFloats());
    }

    [Fact]
    public void An_axis_of_length_zero_is_kept()
    {
        var array = Read(File.ReadAllBytes(Fixture("empty.npy")));
        Assert.Equal("(0, 17, 10)", array.ShapeText);
        Assert.Empty(array.ToFloats());
    }

    [Theory]
    [InlineData("version2.npy"), InlineData("version3.npy")]
    public void Later_versions_of_the_format_are_read(string file) =>
        Assert.Equal([0, 1, 2], Read(File.ReadAllBytes(Fixture(file))).ToIntegers());

    [Theory]
    [InlineData("objects.npy", "Python objects")]
    public void Types_that_are_no_numbers_are_refused_by_name(string file, string says) =>
        Assert.Contains(says, Refusal(File.ReadAllBytes(Fixture(file))));

    [Fact]
    public void Truth_values_are_whole_numbers_and_text_is_text()
    {
        Assert.All(Read(File.ReadAllBytes(Fixture("bool.npy"))).ToIntegers(), bit => Assert.InRange(bit, 0, 1));
        byte[] theirs = File.ReadAllBytes(Fixture("text.npy"));
        var text = Read(theirs);
        Assert.True(text.IsText);
        var ours = new MemoryStream();
        NumpyArray.Text(text.ToTexts(), text.Shape).Write(ours);
        Assert.Equal(theirs, ours.ToArray());
        Assert.Contains("text (<U2)", Assert.Throws<InvalidDataException>(() => text.ToIntegers()).Message);
    }

    [Fact]
    public void What_is_written_are_the_bytes_that_numpy_writes()
    {
        // NumPy 1.24 leaves the same header, except that it writes '|i1' and big-endian arrays alike.
        foreach (
            string name in new[]
            {
                "le-f2",
                "le-f4",
                "le-f8",
                "be-f4",
                "le-i1",
                "le-i8",
                "le-u4",
                "be-i2",
                "scalar",
                "empty",
            }
        )
        {
            byte[] theirs = File.ReadAllBytes(Fixture(name + ".npy"));
            var ours = new MemoryStream();
            Read(theirs).Write(ours);
            Assert.Equal(theirs, ours.ToArray());
        }
    }

    [Fact]
    public void Every_array_survives_being_written_and_read() =>
        Gen.Select(
                Gen.Int[0, 4],
                Gen.Int[0, 4],
                Gen.Int[0, 4],
                Gen.Int[0, Types.Length - 1].Select(i => Types[i]),
                Gen.Bool
            )
            .Sample(
                (a, b, c, type, bigEndian) =>
                {
                    var data = new byte[a * b * c * type.Bytes];
                    new Random(a + b + c).NextBytes(data);
                    var array = new NumpyArray(type.Kind, type.Bytes, bigEndian && type.Bytes > 1, [a, b, c], data);
                    var stream = new MemoryStream();
                    array.Write(stream);
                    var back = Read(stream.ToArray());
                    Assert.Equal(
                        (array.Kind, array.ItemBytes, array.BigEndian),
                        (back.Kind, back.ItemBytes, back.BigEndian)
                    );
                    Assert.Equal(array.Shape, back.Shape);
                    Assert.Equal(array.Data, back.Data);
                },
                iter: 300
            );

    [Fact]
    public void Half_precision_rounds_to_the_nearest()
    {
        Assert.Equal([0.333251953125f, -65504, 0], NumpyArray.Float16([1 / 3f, -65504, 1e-9f], 3).ToFloats());
    }

    [Fact]
    public void The_keys_of_the_header_may_stand_in_any_order() =>
        Assert.Equal(
            [7],
            Read(NumpyBytes.WithHeader("{ 'shape':(1,), 'descr' : '<i2','fortran_order': False}", [7, 0])).ToIntegers()
        );

    [Theory]
    [InlineData("(99999999999999999999,)", "shape")]
    [InlineData("(4294967296, 4294967296)", "2 GB")]
    [InlineData("(2147483647, 2147483647, 2147483647, 2147483647)", "2 GB")]
    [InlineData("(-1,)", "shape")]
    [InlineData("(1, x)", "shape")]
    [InlineData("(500000000,)", "there are 4")]
    [InlineData("(0, 9223372036854775807)", "2 GB")]
    [InlineData(
        "(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)",
        "33 axes"
    )]
    public void Sizes_that_lie_are_refused_before_anything_is_allocated(string shape, string says)
    {
        byte[] bytes = NumpyBytes.Array("<f4", shape, new byte[4]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains(says, Refusal(bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_header_without_end_is_refused()
    {
        byte[] bytes = [0x93, .. "NUMPY"u8, 2, 0, 0xFF, 0xFF, 0xFF, 0x7F, .. "{'descr': "u8];
        Assert.Contains("header of 2,147,483,647 bytes", Refusal(bytes));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{'descr': '<f4', 'fortran_order': False}")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}")]
    [InlineData("{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}")]
    [InlineData("{'descr': '<f16', 'fortran_order': False, 'shape': (1,)}")]
    [InlineData("{'descr': '<f1', 'fortran_order': False, 'shape': (1,)}")]
    [InlineData("{'descr': '<M8', 'fortran_order': False, 'shape': (1,)}")]
    public void Headers_that_describe_no_plain_numbers_are_refused(string header) =>
        Assert.NotEmpty(Refusal(NumpyBytes.WithHeader(header, new byte[8])));

    [Fact]
    public void Any_bytes_are_read_or_refused_and_never_do_worse() =>
        Gen.Select(Gen.Int[0, 151], Gen.Byte, Gen.Int[0, 152])
            .Sample(
                (at, value, length) =>
                {
                    byte[] bytes = File.ReadAllBytes(Fixture("le-f4.npy"));
                    bytes[at] = value;
                    try
                    {
                        Read(bytes[..length]);
                    }
                    catch (InvalidDataException) { }
                },
                iter: 3000
            );

    [Fact]
    public void Labels_too_large_for_a_signed_number_are_refused()
    {
        var array = Read(NumpyBytes.Array("<u8", "(1,)", [255, 255, 255, 255, 255, 255, 255, 255]));
        Assert.Contains("18446744073709551615", Assert.Throws<InvalidDataException>(() => array.ToIntegers()).Message);
    }
}
