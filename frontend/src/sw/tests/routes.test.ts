import { describe, expect, test } from "vitest";
import { SCANNER, SHELL, gateFiles, laterFiles, routeOf, shellFiles, standIn } from "../routes";

const ORIGIN = "https://lachan.example";
const BUILT = ["/static/build/declare-a.js", "/static/build/staff-b.js", "/static/build/staff-b.css", "/static/build/print-c.css", "/static/build/zxing_reader-d.wasm", "/static/build/scanner-e.js"];
const own = new Set(shellFiles(BUILT));
const route = (path: string, method = "GET", mode = "navigate", origin = ORIGIN) => routeOf(method, mode, new URL(path, origin), ORIGIN, own);

test("staff files never reach a citizen's phone, the code reader comes later", () => {
  expect(shellFiles(BUILT)).toEqual(["/static/build/declare-a.js"]);
  expect(laterFiles(BUILT)).toEqual(["/static/build/zxing_reader-d.wasm"]);
  expect(gateFiles(BUILT)).toEqual(["/static/build/scanner-e.js"]);
});

describe("what goes past the worker", () => {
  test.each(["/cb/", "/cb/to-khai/", "/tai-khoan/login/", "/ket-qua/017ac000-0000-7000-8000-000000000001/", "/tra-cuu/", "/healthz", "/api/openapi.json"])("%s", (path) => {
    expect(route(path)).toBeNull();
  });

  test("every POST, other sites, staff's files", () => {
    expect(route("/khai/mau/domestic/", "POST")).toBeNull();
    expect(route("/api/intake/declarations", "POST", "cors")).toBeNull();
    expect(route("/khai/", "GET", "navigate", "https://elsewhere.example")).toBeNull();
    expect(route("/static/build/staff-b.js", "GET", "no-cors")).toBeNull();
  });
});

test("what it answers", () => {
  expect(route("/khai/MKT00001/")).toBe("page");
  expect(route("/q/MKT00001")).toBe("page");
  expect(route("/cua-toi/")).toBe("page");
  expect(route("/quet/")).toBe("page");
  expect(route("/api/edge/scans", "POST", "cors")).toBeNull();
  expect(route("/khai/form.json?form=domestic", "GET", "cors")).toBe("data");
  expect(route("/static/build/declare-a.js", "GET", "no-cors")).toBe("asset");
  expect(route("/khai/MKT00001/", "GET", "cors")).toBeNull();
});

test("without a network every place opens in the shell", () => {
  expect(standIn("/khai/MKT00001/")).toBe(SHELL);
  expect(standIn("/q/MKT00001")).toBe(SHELL);
  expect(standIn("/cua-toi/")).toBe("/cua-toi/");
  expect(standIn("/quet/")).toBe(SCANNER);
});
