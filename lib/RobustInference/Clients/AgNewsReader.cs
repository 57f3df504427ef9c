using System.Text;
using CsvHelper;

namespace RobustInference.Clients;

/// <summary>Reads AG's News in its official layout (Zhang, Zhao and LeCun, 2015): <c>train.csv</c> and <c>test.csv</c>,
/// rows of "class","title","description", inner quotes doubled, UTF-8, no header; from a folder or from
/// <c>ag_news_csv.tar.gz</c>.</summary>
/// <remarks>A text is its title, a space and its description. Classes 1…4 (World, Sports, Business, Sci/Tech) become
/// 0…3.</remarks>
public static class AgNewsReader
{
    public const string Name = "agnews",
        Folder = "ag_news_csv",
        Train = "train.csv",
        Test = "test.csv";

    // The longest row of the official files has about a thousand bytes.
    const int Classes = 4,
        LongestField = 1 << 16;

    static readonly DatasetFiles Official = new(Name, Folder, $"{Folder}.tar.gz");

    static readonly CsvReaderOptions Layout = new()
    {
        HasHeader = false,
        Separator = ',',
        MalformedData = CsvMalformedDataHandling.Throw,
        IncludeValuesInExceptions = false,
    };
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The training and the test texts.</summary>
    /// <param name="directory">A folder that holds the files, the official folder, or the official archive.</param>
    /// <exception cref="FileNotFoundException">Nothing of the data set is in the folder.</exception>
    /// <exception cref="InvalidDataException">A row without exactly three fields, a class that is not 1…4, quotes that
    /// do not match, bytes that are not UTF-8, no row at all, or an archive that cannot be read.</exception>
    public static (TextDataset Train, TextDataset Test) Read(string directory)
    {
        var (train, test) = Files(directory);
        return (Parse(Train, train), Parse(Test, test));
    }

    /// <summary>The bytes of the two files.</summary>
    /// <inheritdoc cref="Read"/>
    public static (byte[] Train, byte[] Test) Files(string directory)
    {
        var files = Official.Read(directory, [Train, Test]);
        return (files[Train], files[Test]);
    }

    /// <summary>The folder or archive that <see cref="Read"/> would read; null where there is none.</summary>
    public static string? Find(string directory) => Official.Find(directory, [Train, Test]);

    static TextDataset Parse(string file, byte[] bytes)
    {
        var texts = new List<string>();
        var labels = new List<byte>();
        try
        {
            using var reader = CsvReader.Create(bytes, Layout);
            while (reader.Read())
            {
                if (reader.FieldCount != 3)
                    throw Refuse($"{reader.FieldCount} fields, not the three of class, title and description");
                if (reader.GetSpan(0) is not [>= (byte)'1' and <= (byte)'4' and var label])
                    throw Refuse("the class is not 1, 2, 3 or 4");
                if (reader.GetSpan(1).Length > LongestField || reader.GetSpan(2).Length > LongestField)
                    throw Refuse($"a field of more than {LongestField:N0} bytes");
                string title = Strict.GetString(reader.GetSpan(1)),
                    description = Strict.GetString(reader.GetSpan(2));
                labels.Add((byte)(label - '1'));
                texts.Add(title.Length == 0 ? description : $"{title} {description}");
            }
        }
        catch (CsvFormatException e)
        {
            throw Refuse(e.Message);
        }
        catch (DecoderFallbackException)
        {
            throw Refuse("is not UTF-8 text");
        }
        return texts.Count > 0
            ? new TextDataset(Name, Classes, [.. texts], [.. labels])
            : throw new InvalidDataException($"{Name}, {file}: holds no row");

        InvalidDataException Refuse(string what) => new($"{Name}, {file}, row {texts.Count + 1}: {what}");
    }
}
