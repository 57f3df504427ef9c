for (const element of document.querySelectorAll(".math")) {
  const display = element.tagName === "DIV";
  const source = element.textContent.trim().replace(/^\\[([]/, "").replace(/\\[)\]]$/, "");
  katex.render(source, element, { displayMode: display, output: "mathml", throwOnError: false });
}
