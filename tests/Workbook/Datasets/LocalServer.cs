using System.Net;
using System.Net.Sockets;

namespace Tests.Workbook.Datasets;

/// <summary>An HTTP server on this machine that answers every request in one way, or with the files of a
/// folder.</summary>
sealed class LocalServer : IDisposable
{
    readonly HttpListener listener = new();

    public LocalServer(Action<HttpListenerResponse> answer)
        : this(FreePort(), context => answer(context.Response)) { }

    /// <summary>Serves the files of a folder, and 404 for every other name.</summary>
    public static LocalServer Of(string folder) =>
        new(
            FreePort(),
            context =>
            {
                string file = Path.Combine(folder, Path.GetFileName(context.Request.Url!.AbsolutePath));
                if (!File.Exists(file))
                {
                    context.Response.StatusCode = 404;
                    return;
                }
                byte[] bytes = File.ReadAllBytes(file);
                context.Response.ContentLength64 = bytes.Length;
                context.Response.OutputStream.Write(bytes);
            }
        );

    LocalServer(int port, Action<HttpListenerContext> answer)
    {
        Address = new($"http://127.0.0.1:{port}/archive.tar.gz");
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        _ = Serve(answer);
    }

    static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public Uri Address { get; }

    public void Dispose() => listener.Close();

    async Task Serve(Action<HttpListenerContext> answer)
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is ObjectDisposedException or HttpListenerException)
            {
                return;
            }
            try
            {
                answer(context);
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or InvalidOperationException or IOException)
            {
                context.Response.Abort();
            }
        }
    }
}
