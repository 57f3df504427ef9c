using System.Net;
using System.Net.Sockets;

namespace Tests.Workbook.Datasets;

/// <summary>An HTTP server on this machine that answers every request in one way.</summary>
sealed class LocalServer : IDisposable
{
    readonly HttpListener listener = new();

    public LocalServer(Action<HttpListenerResponse> answer)
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Address = new($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/archive.tar.gz");
        }
        listener.Prefixes.Add($"http://127.0.0.1:{Address.Port}/");
        listener.Start();
        _ = Serve(answer);
    }

    public Uri Address { get; }

    public void Dispose() => listener.Close();

    async Task Serve(Action<HttpListenerResponse> answer)
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
                answer(context.Response);
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or InvalidOperationException or IOException)
            {
                context.Response.Abort();
            }
        }
    }
}
