// The script of a report: its buttons and its links.

import { followPlaces, host } from "./shared";

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest<HTMLElement>("button") : null;
  if (button?.dataset.diff !== undefined) {
    host.postMessage({ kind: "diff", path: button.dataset.diff });
  } else if (button?.dataset.apply !== undefined) {
    host.postMessage({ kind: "apply" });
  }
});
followPlaces();
