using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Fleet.Bench.Processes;

/// <summary>The API as a process, as a deployment has it.</summary>
internal sealed class BenchApi : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(1);

    private BenchApi(Process process, IPEndPoint endPoint)
    {
        Process = process;
        EndPoint = endPoint;
    }

    public Process Process { get; }

    public IPEndPoint EndPoint { get; }

    /// <summary>Starts it and waits until it is ready and knows a job.</summary>
    public static async Task<BenchApi> StartAsync(BenchRedis redis, string job)
    {
        var endPoint = new IPEndPoint(IPAddress.Loopback, FreePort.Find());
        var dll = BenchProgram.Service("api", "Fleet.Api");
        var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!,
        [
            dll, $"--contentRoot={Path.GetDirectoryName(dll)}", $"--urls=http://{endPoint}", $"--Fleet:Redis={redis.Address}", "--Logging:LogLevel:Default=Warning",
        ])
        {
            RedirectStandardOutput = true,
        })!;
        process.OutputDataReceived += (_, line) => Console.Error.WriteLine(line.Data);
        process.BeginOutputReadLine();
        var api = new BenchApi(process, endPoint);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{endPoint}") };
        await BenchFleet.UntilAsync(() => AnswersAsync(http, new Uri($"/v1/jobs/{job}", UriKind.Relative)), StartTimeout);
        return api;
    }

    public async ValueTask DisposeAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", Process.Id.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        await Process.WaitForExitAsync();
        Process.Dispose();
    }

    private static async Task<bool> AnswersAsync(HttpClient http, Uri path)
    {
        try
        {
            using var answer = await http.GetAsync(path);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
