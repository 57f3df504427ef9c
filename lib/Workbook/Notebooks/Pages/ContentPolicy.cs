using System.Security.Cryptography;
using System.Text;

namespace Workbook.Notebooks.Pages;

/// <summary>What a page may do: show what it carries and run its own scripts; nothing from a net, and no script of a
/// notebook.</summary>
static class ContentPolicy
{
    /// <summary>The policy's element.</summary>
    /// <param name="scripts">The texts of the page's own scripts, to the letter.</param>
    public static string Element(IEnumerable<string> scripts)
    {
        string hashes = string.Join(
            ' ',
            scripts.Select(script =>
                $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)))}'"
            )
        );
        return "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data: blob:; "
            + $"style-src 'unsafe-inline'; script-src {(hashes == "" ? "'none'" : hashes)}; base-uri "
            + $"'none'; form-action 'none'\">\n";
    }
}
