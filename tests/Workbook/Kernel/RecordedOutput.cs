using Workbook.Kernel;

namespace Tests.Workbook.Kernel;

/// <summary>A front end that remembers what it was sent.</summary>
sealed class RecordedOutput(params string[] answers) : IFrontEnd
{
    readonly Queue<string> lines = new(answers);

    public List<(string Kind, string Text, string? Id)> Events { get; } = [];

    public string Out => string.Concat(Events.Where(e => e.Kind == "stdout").Select(e => e.Text));

    public string Error => string.Concat(Events.Where(e => e.Kind == "stderr").Select(e => e.Text));

    public List<MimeBundle> Displays { get; } = [];

    // As a notebook stores it: what one stream writes at a time is one text, however it was cut on the way.
    public void Stream(string name, string text)
    {
        if (Events.LastOrDefault() is var (kind, before, _) && kind == name)
            Events[^1] = (name, before + text, null);
        else
            Events.Add((name, text, null));
    }

    public void Display(MimeBundle data, string? displayId) => Add("display", data, displayId);

    public void Update(MimeBundle data, string displayId) => Add("update", data, displayId);

    public string ReadLine(string prompt, bool hidden) => lines.Dequeue();

    void Add(string kind, MimeBundle data, string? id)
    {
        Events.Add((kind, data.Values.First(), id));
        Displays.Add(data);
    }
}
