using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;
using Workbook.Notebooks;

namespace Tests.Workbook.Notebooks;

/// <summary>A chapter where people open it: Debian's Jupyter Notebook in Debian's Chromium, with the kernel registered
/// by the command that users use.</summary>
public class NotebookInBrowserTests
{
    const string Chromium = "/usr/bin/chromium",
        Chapter = "00-start-here.ipynb";

    [Fact]
    public async Task Run_all_shows_figures_and_tables()
    {
        if (!File.Exists(Chromium))
            Assert.Skip($"{Chromium} is missing: apt-get install chromium");
        Outside.NeedsPython("notebook.notebookapp", "jupyter-notebook");
        using var root = new TemporaryFolder();
        string folder = Directory.CreateDirectory(root.File("notebooks")).FullName;
        Directory.CreateDirectory(root.File("artifacts"));
        Directory.CreateSymbolicLink(root.File("artifacts/bin"), Path.Combine(Outside.Root, "artifacts", "bin"));
        string json = await File.ReadAllTextAsync(
            Path.Combine(Outside.Root, "notebooks", Chapter),
            TestContext.Current.CancellationToken
        );
        await File.WriteAllTextAsync(Path.Combine(folder, Chapter), json, TestContext.Current.CancellationToken);

        int port = FreePort();
        using TemporaryFolder jupyter = Outside.JupyterFolder();
        using Process server = Start(folder, port, jupyter.Path);
        try
        {
            using IPlaywright playwright = await Playwright.CreateAsync();
            await using IBrowser browser = await playwright.Chromium.LaunchAsync(
                new() { ExecutablePath = Chromium, Args = ["--no-sandbox"] }
            );
            IPage page = await browser.NewPageAsync();
            page.SetDefaultTimeout(180_000);
            await Open(page, $"http://127.0.0.1:{port}/notebooks/{Chapter}");
            await page.WaitForFunctionAsync("() => window.Jupyter?.notebook?.kernel?.is_connected()");
            await page.EvaluateAsync("Jupyter.notebook.clear_all_output()");
            Assert.Equal(0, await page.Locator(".output_area").CountAsync());

            await page.EvaluateAsync("document.querySelector('#run_all_cells a, #run_all_cells').click()");
            int cells = Notebook.Parse(json, Chapter).Cells.Count(cell => cell.Kind == CellKind.Code);
            await page.WaitForFunctionAsync(
                "count => Jupyter.notebook.get_cells().filter(cell => cell.input_prompt_number > 0).length === count",
                cells
            );
            Assert.Equal(0, await page.Locator(".output_error").CountAsync());
            Assert.True(await page.Locator(".output_area svg").CountAsync() >= 2, "no figures");
            Assert.True(await page.Locator(".output_area table").CountAsync() >= 1, "no table");
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    static async Task Open(IPage page, string address)
    {
        for (int attempt = 0; ; attempt++)
            try
            {
                await page.GotoAsync(address);
                return;
            }
            catch (PlaywrightException) when (attempt < 60) // the server is not there yet
            {
                await Task.Delay(500, TestContext.Current.CancellationToken);
            }
    }

    static Process Start(string folder, int port, string jupyter)
    {
        var start = new ProcessStartInfo(
            Outside.Python,
            [
                "-m",
                "notebook",
                "--no-browser",
                "--allow-root",
                "--ip=127.0.0.1",
                $"--port={port}",
                "--port-retries=0",
                "--NotebookApp.token=",
                "--NotebookApp.password=",
                $"--notebook-dir={folder}",
            ]
        )
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        };
        start.Environment["JUPYTER_DATA_DIR"] = jupyter;
        Process server = Process.Start(start)!;
        server.OutputDataReceived += (_, _) => { };
        server.ErrorDataReceived += (_, _) => { };
        server.BeginOutputReadLine();
        server.BeginErrorReadLine();
        return server;
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
