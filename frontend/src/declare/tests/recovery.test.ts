/** A phone whose storage was damaged: the form works all the same, and what can be kept is kept. */
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, test, vi } from "vitest";
import * as db from "../../shared/db";
import * as drafts from "../draft";
import { shownPass } from "../pass";
import { add, waiting } from "../queue";
import type { Kept, Submission } from "../wire";

const ID = "017ac000-0000-7000-8000-000000000001";
const submission = { id: ID, form: "domestic", place: "", answers: {}, occurred_at: "", lang: "vi", holder: null, channel: "page" } as unknown as Submission;
const kept = { id: ID, at: 1, submission, answer: null } as unknown as Kept;
const DRAFT = { answers: { name: "Hoa" }, step: 1, person: null };
const DAMAGED: [string, unknown][] = [["text", "rubbish"], ["an empty object", {}], ["zero", 0], ["a pair of nothing", { publicKey: null, privateKey: {} }], ["bytes", new Uint8Array(8)]]; // prettier-ignore

beforeEach(async () => {
  await db.forgetOpened();
  globalThis.indexedDB = new IDBFactory();
  await db.holder();
  await add(submission, kept);
  await drafts.saveNow("domestic|", DRAFT);
});

/** As after the page was closed and opened. */
const again = (): Promise<void> => db.forgetOpened();

const whole = async (): Promise<void> => {
  expect(await drafts.read("domestic|")).toEqual(DRAFT);
  expect(await waiting()).toHaveLength(1);
};

describe.each(DAMAGED)("%s where a key was", (_name, rubbish) => {
  test("the phone's key: its copy is used, nothing is lost", async () => {
    const before = await db.holder();
    await db.putRaw("keys", "holder", rubbish);
    await again();
    expect((await db.holder())!.raw).toEqual(before!.raw);
    expect(db.losses().size).toBe(0);
    await whole();
  });

  test("the phone's key and its copy: a new one, said, and nothing else is lost", async () => {
    const before = await db.holder();
    await db.putRaw("keys", "holder", rubbish);
    await db.putRaw("bundles", "spare:holder", rubbish);
    await again();
    const after = await db.holder();
    expect(after!.raw).not.toEqual(before!.raw);
    expect([...db.losses()]).toEqual(["holder"]);
    expect((await db.holder())!.raw).toEqual(after!.raw);
    await whole();
  });

  test("the sealing key: its copy opens everything", async () => {
    await db.putRaw("keys", "seal", rubbish);
    await again();
    await whole();
    expect(db.losses().size).toBe(0);
  });

  test("the sealing key and its copy: said, and from then on things are kept again", async () => {
    await db.putRaw("keys", "seal", rubbish);
    await db.putRaw("bundles", "spare:seal", rubbish);
    await again();
    expect(await drafts.read("domestic|")).toBeUndefined();
    expect([...db.losses()]).toEqual(["rows"]);
    await drafts.saveNow("domestic|", DRAFT);
    await again();
    expect(await drafts.read("domestic|")).toEqual(DRAFT);
  });
});

test("keys of the wrong kind are not used", async () => {
  const other = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["decrypt"]);
  await db.putRaw("keys", "seal", other);
  await again();
  await whole();
  const pair = (await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"])) as CryptoKeyPair;
  const stranger = (await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"])) as CryptoKeyPair;
  const before = await db.holder();
  await db.putRaw("keys", "holder", { publicKey: pair.publicKey, privateKey: stranger.privateKey });
  await again();
  expect((await db.holder())!.raw).toEqual(before!.raw);
});

test("the keys' store wiped: the copies serve", async () => {
  const before = await db.holder();
  for (const key of await db.keysOf("keys")) await db.remove("keys", key);
  await again();
  await whole();
  expect((await db.holder())!.raw).toEqual(before!.raw);
});

test("a damaged row costs itself only", async () => {
  for (const rubbish of ["x", 1, { iv: 1, data: 2 }, { iv: new Uint8Array(12), data: new ArrayBuffer(3) }]) {
    await db.putRaw("queue", "bad", rubbish);
    expect(await waiting()).toHaveLength(1);
    expect(await db.get("queue", "bad")).toBeUndefined();
  }
});

test("a database without its stores is mended in place", async () => {
  await db.forgetOpened();
  globalThis.indexedDB = new IDBFactory();
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.open("lachan", 2);
    request.onupgradeneeded = () => request.result.createObjectStore("drafts").put("old", "kept");
    request.onsuccess = () => (request.result.close(), resolve());
    request.onerror = () => reject(request.error ?? new Error("open"));
  });
  await add(submission, kept);
  await db.forgetOpened();
  expect(await waiting()).toHaveLength(1);
  expect(await db.getRaw("drafts", "kept")).toBe("old");
  expect(await db.persistent()).toBe(true);
});

test("the newer database of another version still opens", async () => {
  await db.forgetOpened();
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.open("lachan", 9);
    request.onsuccess = () => (request.result.close(), resolve());
    request.onerror = () => reject(request.error ?? new Error("open"));
  });
  await whole();
});

test("a connection that the browser closed is opened again", async () => {
  await whole();
  const other = indexedDB.open("lachan", 7); // another tab's update: this page's connection is closed for it
  await new Promise((resolve) => (other.onsuccess = resolve));
  other.result.close();
  await whole();
});

test("a disk that takes nothing more: kept in memory, and the form goes on", async () => {
  const original = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  try {
    await add({ ...submission, id: "b" }, { ...kept, id: "b" });
    await drafts.saveNow("other|", DRAFT);
    expect(await waiting()).toHaveLength(2);
    expect(await drafts.read("other|")).toEqual(DRAFT);
    expect(db.losses().has("disk")).toBe(true);
    await db.remove("queue", "b");
    expect(await waiting()).toHaveLength(1);
  } finally {
    IDBObjectStore.prototype.put = original;
  }
});

test("a pass of a key that is gone is shown without a signature, not with a wrong one", async () => {
  const { signClaim } = await import("../../kernel/codes/lc1");
  const { uuidBytes } = await import("../../kernel/ids");
  const old = await db.holder();
  const text = await signClaim({ serial: uuidBytes(ID), holder: old!.raw, issued: 1, expires: 2_000_000_000, place: null, said: { body: new Uint8Array(1) } } as never, old!.secret);
  expect((await shownPass(text, 1_700_000_000_000)).length).toBeGreaterThan(text.length);
  await db.forgetEverything();
  await db.forgetOpened();
  expect(await shownPass(text, 1_700_000_000_000)).toBe(text);
  vi.unstubAllGlobals();
});
