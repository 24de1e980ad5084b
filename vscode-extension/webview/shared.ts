// What both views' scripts share: talking to the extension, and links to places in files.

interface Host {
  postMessage: (message: object) => void;
}

declare function acquireVsCodeApi(): Host;

export const host = acquireVsCodeApi();

/** Effect: lets clicks on cited places, now or added later, be heard by the extension. */
export function followPlaces(): void {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>("a[data-path]") : null;
    if (link) {
      event.preventDefault();
      host.postMessage({ kind: "open", path: link.dataset.path, line: Number(link.dataset.line) });
    }
  });
}
