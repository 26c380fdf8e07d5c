/** `hx-confirm` asks in our own dialog. */
import { ask } from "../shared/confirm";

interface ConfirmDetail { question: string | null; issueRequest(skip: boolean): void }

export function confirmRequests(page: Document = document): void {
  page.addEventListener("htmx:confirm", (event) => {
    const detail = (event as CustomEvent<ConfirmDetail>).detail;
    if (!detail.question) return;
    event.preventDefault();
    void ask(detail.question).then((yes) => { if (yes) detail.issueRequest(true); });
  });
}
