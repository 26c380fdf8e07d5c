/** Toasts from the server: the response header `HX-Trigger: {"toast": {"text": "…", "level": "success"}}`. Errors of the network too. */
export interface Toast { text: string; level?: "info" | "success" | "warning" | "error" }

export function show(toast: Toast): void {
  const box = document.getElementById("toasts");
  if (!box) return;
  const item = document.createElement("div");
  item.className = `lc-toast lc-toast-${toast.level ?? "info"} is-floating`;
  item.dataset.toast = "";
  const text = document.createElement("p");
  text.textContent = toast.text;
  item.append(text);
  box.append(item);
  if (toast.level !== "error") setTimeout(() => item.remove(), 8000);
  else item.addEventListener("click", () => item.remove());
}

const LOST = { vi: "Không liên lạc được với máy chủ. Hãy thử lại.", en: "The server can't be reached. Please try again." };
const FAILED = { vi: "Máy chủ báo lỗi. Việc này chưa được ghi.", en: "The server reported an error. This was not saved." };

export function startToasts(page: Document = document): void {
  const words = (table: { vi: string; en: string }) => table[document.documentElement.lang === "en" ? "en" : "vi"];
  page.addEventListener("toast", (event) => show((event as CustomEvent<Toast>).detail));
  page.addEventListener("htmx:sendError", () => show({ text: words(LOST), level: "error" }));
  page.addEventListener("htmx:responseError", () => show({ text: words(FAILED), level: "error" }));
}
