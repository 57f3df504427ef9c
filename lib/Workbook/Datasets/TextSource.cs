using System.Security.Cryptography;
using RobustInference.Clients;

namespace Workbook.Datasets;

/// <summary>AG's News: its two official files, and the part of it that is known by its checksum.</summary>
/// <param name="PartialTrain">SHA-256 of a training file with some of the official rows.</param>
/// <param name="PartialVerdict">What to say of it.</param>
public sealed record TextSource(
    string Name,
    string Title,
    string Page,
    RemoteFile Train,
    RemoteFile Test,
    string PartialTrain,
    string PartialVerdict
) : IDataSource
{
    const string Mirror = "https://raw.githubusercontent.com/mhjabreel/CharCnn_Keras/master/data/ag_news_csv/";

    public static readonly TextSource AgNews = new(
        AgNewsReader.Name,
        "AG's News: 127,600 texts, 4 classes",
        "http://groups.di.unipi.it/~gulli/AG_corpus_of_news_articles.html",
        new(
            new(Mirror + AgNewsReader.Train),
            "b1a00f826fdfbd249f79597b59e1dc12",
            Path.Combine(AgNewsReader.Folder, AgNewsReader.Train)
        ),
        new(
            new(Mirror + AgNewsReader.Test),
            "d52ea96a97a2d943681189a97654912d",
            Path.Combine(AgNewsReader.Folder, AgNewsReader.Test)
        ),
        "fbf67e202952e8d432b6ef90cac9fe60ec3a381010ccf0481f9e6913ec6a44ee",
        "the official test set and PART of the training set: 56,602 of its 120,000 rows, in an order of their own"
    );

    public IReadOnlyList<RemoteFile> Files => [Train, Test];

    public string? Find(string directory) => AgNewsReader.Find(directory);

    public string Verify(string place)
    {
        var (train, test) = AgNewsReader.Files(place);
        if (Md5(test) is var md5 && md5 != Test.Md5)
            throw new InvalidDataException($"{place}: {AgNewsReader.Test} has md5 {md5}, the official one {Test.Md5}");
        if (Md5(train) == Train.Md5)
            return "the official files";
        return Convert.ToHexStringLower(SHA256.HashData(train)) == PartialTrain
            ? PartialVerdict
            : throw new InvalidDataException(
                $"{place}: {AgNewsReader.Train} has md5 {Md5(train)}, the official one {Train.Md5}, and it "
                    + "is no part of it that is known"
            );
    }

    static string Md5(byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));
}
