/** Who signs out leaves no names of households on the phone. */
import { endShift } from "../round/end";

const PATIENCE_MS = 2000;

/** The form goes on once the names are gone; a disk that doesn't answer must not hold anyone back. */
export function signingOut(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (form.getAttribute("action") !== "/tai-khoan/logout/") return;
  event.preventDefault();
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  void Promise.race([endShift(), patience]).then(() => form.submit());
}
