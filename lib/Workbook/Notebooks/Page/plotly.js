for (const element of document.querySelectorAll(".plotly-figure")) {
  const figure = JSON.parse(element.querySelector("script").textContent);
  const layout = Object.assign({ autosize: true }, figure.layout);
  Plotly.newPlot(element, figure.data, layout, Object.assign({ responsive: true, displaylogo: false }, figure.config));
}
