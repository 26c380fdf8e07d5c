/** Asks in our own dialog before a form marked `data-confirm="…"` is sent. Without scripts the form is sent at once. */
export async function ask(text: string, yes = ""): Promise<boolean> {
  const dialog = document.getElementById("confirm");
  if (!(dialog instanceof HTMLDialogElement) || !dialog.showModal) return window.confirm(text);
  dialog.querySelector("[data-confirm-text]")!.textContent = text;
  const button = dialog.querySelector<HTMLElement>("[data-confirm-yes]")!;
  button.dataset.usual ??= button.textContent ?? "";
  button.textContent = yes || button.dataset.usual;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

export function guardForms(page: Document = document): void {
  const agreed = new WeakSet<HTMLFormElement>();
  page.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const text = form.dataset.confirm;
    if (!text || agreed.has(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void ask(text, form.dataset.confirmYes).then((yes) => {
      if (!yes) return;
      agreed.add(form);
      form.requestSubmit(event.submitter ?? undefined);
      agreed.delete(form);
    });
  }, true);
}
