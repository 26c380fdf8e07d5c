import { expect, test, vi } from "vitest";

const tries: { force: boolean; end: (seconds: number | null) => void }[] = [];
vi.mock("../engine/sync", () => ({
  CHANNEL: "c", SYNC_TAG: "t", state: () => Promise.resolve({ trouble: "" }),
  flush: (force: boolean) => new Promise<number | null>((end) => tries.push({ force, end })),
})); // prettier-ignore
vi.mock("../engine/declarations", () => ({ flush: () => Promise.resolve(null) }));
vi.mock("../engine/device", () => ({ device: () => Promise.resolve(null) }));

test("the network is back while a try is under way: one forced try follows it, however often that is said", async () => {
  vi.stubGlobal("navigator", {});
  vi.stubGlobal("window", { setTimeout: () => 0, clearTimeout: () => undefined });
  const { Background } = await import("../background");
  const back = new Background("t", { changed: () => undefined, bundle: () => undefined, revoked: () => undefined, failed: () => undefined });
  const first = back.send(false);
  await vi.waitFor(() => expect(tries).toHaveLength(1));
  const [second, third] = [back.send(true), back.send(true)];
  tries[0]!.end(600);
  expect(await first).toBe(600);
  await vi.waitFor(() => expect(tries).toHaveLength(2));
  tries[1]!.end(null);
  expect(await Promise.all([second, third])).toEqual([null, null]);
  expect(tries.map(({ force }) => force)).toEqual([false, true]);
});

test("a line written while a try is under way, too late for it to see, is sent by one that follows", async () => {
  tries.length = 0;
  vi.stubGlobal("navigator", {});
  vi.stubGlobal("window", { setTimeout: () => 0, clearTimeout: () => undefined });
  const { Background } = await import("../background");
  const back = new Background("t", { changed: () => undefined, bundle: () => undefined, revoked: () => undefined, failed: () => undefined });
  const first = back.send(false);
  await vi.waitFor(() => expect(tries).toHaveLength(1));
  back.soon();
  await Promise.resolve().then(() => Promise.resolve());
  tries[0]!.end(null);
  await first;
  await vi.waitFor(() => expect(tries).toHaveLength(2));
  tries[1]!.end(null);
  await new Promise((done) => setTimeout(done, 5));
  expect(tries).toHaveLength(2);
});
