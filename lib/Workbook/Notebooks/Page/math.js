for (const element of document.querySelectorAll(".math")) {
  const display = element.tagName === "DIV" || element.classList.contains("display");
  const source = element.textContent.trim().replace(/^\\[([]/, "").replace(/\\[)\]]$/, "");
  katex.render(source, element, { displayMode: display, output: "mathml", throwOnError: false });
}
