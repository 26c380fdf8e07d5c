import { expect, test, vi } from "vitest";

vi.mock("../../i18n", () => ({ t: (key: string) => key, tellWorker: () => undefined }));
vi.mock("../../shared/dom", () => ({ button: () => "button", note: () => ({ append: () => undefined }) }));

/** A new version that goes from installing to installed when told. */
class Worker extends EventTarget {
  state = "installing";
  ready(): void {
    this.state = "installed";
    this.dispatchEvent(new Event("statechange"));
  }
}

test("a version that the browser found before this script ran is offered once it is installed", async () => {
  const found = new Worker();
  const registration = Object.assign(new EventTarget(), { installing: found, waiting: null });
  const offered: unknown[] = [];
  vi.stubGlobal("navigator", { serviceWorker: { controller: {}, register: () => Promise.resolve(registration) } });
  vi.stubGlobal("document", { querySelector: () => null, getElementById: () => ({ prepend: (strip: unknown) => offered.push(strip) }) });
  const { register } = await import("../install");
  await register();
  expect(offered).toHaveLength(0);
  found.ready();
  expect(offered).toHaveLength(1);
});
