using System.CommandLine;
using System.Runtime.InteropServices;
using RobustInference.Results;
using Workbook.Publishing;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary><c>./workbook publish OUT</c>: a folder that runs where there is no SDK.</summary>
public static class PublishCommand
{
    public static Command Create()
    {
        var output = new Argument<string>("OUT") { Description = "A folder that is not there yet, or is empty." };
        var runtime = new Option<string>("--runtime")
        {
            Description = "The machine that it is for.",
            DefaultValueFactory = _ => RuntimeInformation.RuntimeIdentifier,
            HelpName = "NAME",
        };
        runtime.AcceptOnlyFromAmong([.. PublishedFolder.Runtimes]);
        var bare = new Option<bool>("--without-data")
        {
            Description = "Leave out the embedded ensembles, the recorded results and the sample of images (58 MB).",
        };
        var json = Options.Json();
        var command = new Command(
            "publish",
            "Write a folder that runs without an SDK: the program with its runtime and the libtorch that 'setup' "
                + "chose, the embedded ensembles, recorded results and notebooks."
        )
        {
            output,
            runtime,
            bare,
            json,
        };
        command.SetAction(
            (parse, cancel) =>
                Task.Run(
                    () =>
                        Publish(
                            new PublishedFolder(
                                parse.GetRequiredValue(output),
                                parse.GetRequiredValue(runtime),
                                WithData: !parse.GetValue(bare)
                            ),
                            parse.GetValue(json),
                            cancel
                        ),
                    CancellationToken.None
                )
        );
        return command.WithExample(
            "./workbook publish ~/robust-inference",
            "./workbook publish ~/robust-inference-arm64 --runtime linux-arm64 --without-data"
        );
    }

    static int Publish(PublishedFolder folder, bool json, CancellationToken cancel)
    {
        if (!WorkbookFolder.HasSources)
            throw new InvalidOperationException(
                $"publish needs the repository, and '{WorkbookFolder.Root}' holds no sources"
            );
        var (program, data) = folder.Write(Screen.Remark, cancel);
        if (json)
            Screen.Json(
                new
                {
                    folder = folder.Path,
                    folder.Start,
                    folder.Runtime,
                    torch_backend = folder.TorchBackend,
                    program_bytes = program,
                    data_bytes = data,
                }
            );
        else
        {
            Console.Out.WriteLine(
                $"{folder.Path}: {(program + data) >> 20:N0} MiB ({program >> 20:N0} program, {data >> 20:N0} data), "
                    + $"for {folder.Runtime}; copy it anywhere, and start it with"
            );
            Console.Out.WriteLine($"  {folder.Start} --help");
            if (folder.TorchBackend == PublishedFolder.NoTorch)
                Console.Out.WriteLine(
                    $"It has no libtorch: {RobustInference.Files.TorchLibraries.Variable} must name the folder of one."
                );
        }
        return 0;
    }
}
