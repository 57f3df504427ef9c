using System.Xml.Linq;
using RobustInference.Reporting;

namespace Tests.RobustInference.Reporting;

public class SettingDrawingTests
{
    [Theory, InlineData(2, 0), InlineData(5, 2), InlineData(9, 4)]
    public void Every_client_is_there_and_the_corrupted_ones_say_so(int clients, int corrupted)
    {
        var drawing = SettingDrawing.Draw(clients, [.. Enumerable.Range(0, corrupted)]);
        string[] texts =
        [
            .. XDocument.Parse(drawing.Svg).Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value),
        ];
        Assert.All(Enumerable.Range(0, clients), c => Assert.Contains($"client {c}", texts));
        Assert.Equal(corrupted, texts.Count(text => text == "corrupted"));
    }

    [Fact]
    public void A_corrupted_client_that_is_not_there_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SettingDrawing.Draw(3, [3]));
}
