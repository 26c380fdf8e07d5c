/** A form marked data-autosubmit sends itself when a choice changes; typing waits for Enter, so that a page isn't fetched per letter. */
export function autoSubmit(page: Document = document): void {
  page.addEventListener("change", (event) => {
    const input = event.target as HTMLInputElement;
    const form = input.form;
    if (form?.matches("[data-autosubmit]") && !isText(input)) form.requestSubmit();
  });
  page.addEventListener("submit", (event) => dropEmpty(event.target as HTMLFormElement), true);
}

export function isText(input: Pick<HTMLInputElement, "type">): boolean {
  return ["text", "search", "tel", "email", "number", "password"].includes(input.type);
}

/** Empty fields stay out of the address, so that a filtered list's address is short enough to share. */
function dropEmpty(form: HTMLFormElement): void {
  if (!form.matches("[data-autosubmit]")) return;
  for (const input of form.elements as unknown as HTMLInputElement[]) {
    if (input.name && input.value === "" && !input.disabled) {
      input.disabled = true;
      setTimeout(() => { input.disabled = false; });
    }
  }
}
