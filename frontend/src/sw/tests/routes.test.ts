import { describe, expect, test } from "vitest";
import { OFFLINE, PAGES, ROUND, SCANNER, SHELL, VISIT, gateFiles, keptAs, langOf, laterFiles, routeOf, shellFiles, standIn, teamFiles } from "../routes";

const ORIGIN = "https://lachan.example";
const BUILT = ["/static/build/declare-a.js", "/static/build/staff-b.js", "/static/build/staff-b.css", "/static/build/print-c.css", "/static/build/zxing_reader-d.wasm", "/static/build/scanner-e.js", "/static/build/round-f.js"];
const own = new Set(shellFiles(BUILT));
const route = (path: string, method = "GET", mode = "navigate", origin = ORIGIN) => routeOf(method, mode, new URL(path, origin), ORIGIN, own);

test("staff files never reach a citizen's phone, the code reader comes later", () => {
  expect(shellFiles(BUILT)).toEqual(["/static/build/declare-a.js"]);
  expect(laterFiles(BUILT)).toEqual(["/static/build/zxing_reader-d.wasm"]);
  expect(gateFiles(BUILT)).toEqual(["/static/build/scanner-e.js"]);
  expect(teamFiles(BUILT)).toEqual(["/static/build/round-f.js"]);
});

describe("what goes past the worker", () => {
  test.each(["/cb/", "/cb", "/cb/to-khai/", "/tai-khoan/login/", "/healthz", "/api/openapi.json", "/ma/diem/MKT00001/to-dan.pdf", "/chung-thu/lachan-authority.crt", "/sw.js"])("%s", (path) => {
    expect(route(path)).toBeNull();
    expect(route(path, "POST")).toBeNull();
  });

  test("every POST but a citizen's form, other sites, staff's files", () => {
    expect(route("/api/intake/declarations", "POST", "cors")).toBeNull();
    expect(route("/vao/ghi/", "POST", "cors")).toBeNull();
    expect(route("/khai/", "GET", "navigate", "https://elsewhere.example")).toBeNull();
    expect(route("/tra-cuu/", "POST", "navigate", "https://elsewhere.example")).toBeNull();
    expect(route("/static/build/staff-b.js", "GET", "no-cors")).toBeNull();
  });
});

test("what it answers", () => {
  expect(route("/khai/MKT00001/")).toBe("page");
  expect(route("/q/MKT00001")).toBe("page");
  expect(route("/cua-toi/")).toBe("page");
  expect(route("/quet/")).toBe("page");
  expect(route("/giup-do/")).toBe("page");
  expect(route("/vao/MKT00001/")).toBe("page");
  expect(route("/api/edge/scans", "POST", "cors")).toBeNull();
  expect(route("/khai/form.json?form=domestic", "GET", "cors")).toBe("data");
  expect(route("/static/build/declare-a.js", "GET", "no-cors")).toBe("asset");
  expect(route("/khai/MKT00001/", "GET", "cors")).toBeNull();
});

test.each(["/tra-cuu/", "/tra-cuu/ai-da-xem/", "/diem/MKT00001/", "/dang-ky-diem/", "/chung-thu/", "/so-khach/MKT00001/", "/ket-qua/017ac000-0000-7000-8000-000000000001/", "/nothing/of/the/kind"])(
  "%s waits for the network, and has our own page where there is none",
  (path) => {
    expect(route(path)).toBe("other");
    expect(route(path, "POST")).toBe("sent");
    expect(standIn(path)).toBe(OFFLINE);
  },
);

test("without a network every place opens in the shell", () => {
  expect(standIn("/khai/MKT00001/")).toBe(SHELL);
  expect(standIn("/khai/mau/domestic/")).toBe(SHELL);
  expect(standIn("/q/MKT00001")).toBe(SHELL);
  expect(standIn("/vao/MKT00001/")).toBe(VISIT);
  expect(standIn("/vao/")).toBe(VISIT);
  expect(standIn("/cua-toi/")).toBe("/cua-toi/");
  expect(standIn("/khai/")).toBe("/khai/");
  expect(standIn("/quet/")).toBe(SCANNER);
  for (const path of ["/tuan/", "/tuan/vo/", "/tuan/017ac000-0000-7000-8000-000000000001/"]) expect(standIn(path)).toBe(ROUND);
  for (const path of ["/tuan/in/", "/tuan/ghi/"]) expect(standIn(path)).toBe(OFFLINE);
});

test("a page is kept once in each language", () => {
  const kept = PAGES.flatMap((path) => [keptAs(path, "vi"), keptAs(path, "en")]);
  expect(new Set(kept).size).toBe(2 * PAGES.length);
  expect(kept).toContain("/khai/vo/?lang=en");
  expect(langOf("en")).toBe("en");
  for (const other of ["EN", "fr", "", null, undefined]) expect(langOf(other)).toBeNull();
});
