// The script of the ask panel: sends questions, shows what the extension made of the answers.

import { followPlaces, host } from "./shared";

const entries = document.querySelector<HTMLElement>("#entries");
const form = document.querySelector<HTMLFormElement>("#form");
const question = document.querySelector<HTMLTextAreaElement>("#question");

function send(): void {
  const text = question?.value.trim() ?? "";
  if (question && text !== "") {
    host.postMessage({ kind: "ask", question: text });
    question.value = "";
  }
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
question?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send();
  }
});
window.addEventListener("message", (event: MessageEvent<{ html: string }>) => {
  if (entries) {
    entries.innerHTML = event.data.html; // made by the extension, which escapes whatever the server said
    entries.lastElementChild?.scrollIntoView({ block: "nearest" });
  }
});
followPlaces();
host.postMessage({ kind: "ready" });
