import { describe, expect, test, vi } from "vitest";
import { readAny } from "../../kernel/identifiers";
import { fillIn } from "../fill";
import { addressOf } from "../place";
import { Session } from "../session";
import * as units from "../../shared/communes";
import { NOW, shipped } from "./forms";

const ROWS = [
  ["56/568/22327/", "Phường Vĩnh Hòa", "TP Nha Trang", "phuong vinh hoa tp nha trang"],
  ["56/568/22330/", "Phường Vĩnh Hải", "TP Nha Trang", "phuong vinh hai tp nha trang"],
  ["56/568/22372/", "Phường Phước Hải", "TP Nha Trang", "phuong phuoc hai tp nha trang"],
  ["56/574/22651/", "Xã Diên Hòa", "Huyện Diên Khánh", "xa dien hoa huyen dien khanh"],
] as const;

describe("communes by typing", () => {
  const found = (text: string) => units.find(ROWS, text).map((unit) => unit.path);

  test.each(["vinh hoa", "Vĩnh Hoà", "VINH HOA nha trang", "hoa vinh"])("%s", (text) => {
    expect(found(text)[0]).toBe("56/568/22327/");
  });

  test("words cut short, names above, nothing for nothing", () => {
    expect(found("vinh h")).toEqual(expect.arrayContaining(["56/568/22327/", "56/568/22330/"]));
    expect(found("hoa dien khanh")[0]).toBe("56/574/22651/");
    expect(found("")).toEqual([]);
    expect(found("xyz")).toEqual([]);
  });
});

describe("a scanned card", () => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify({ communes: ROWS, country: "/don-vi/ca-nuoc-1.json" }))));
  const CARD = "056190000001|225000001|Trần Thị Bưởi|17051990|Nữ|Tổ 4, Phước Hải, Nha Trang, Khánh Hòa|10052021";

  test("fills in who, and where when the commune is one of ours", async () => {
    const session = new Session(shipped("domestic"), {}, () => NOW);
    await fillIn(session, readAny(CARD));
    expect(session.answers).toMatchObject({
      name: "Trần Thị Bưởi", birth: "1990-05-17", sex: "female", nationality: "VN", national_id: "056190000001", residence: "56/568/22372/", address: "Tổ 4",
    }); // prettier-ignore
  });

  test("fills in a commune of another province where this device has the country, by all of its names", async () => {
    const content = { above: { "79/": "Thành phố Hồ Chí Minh", "79/760/": "Quận 1", "01/": "Thành phố Hà Nội", "01/001/": "Quận Ba Đình" }, communes: [["79/760/26740/", "Phường Bến Nghé"], ["01/001/00001/", "Phường Phúc Xá"]] };
    const answers: Record<string, object> = { "/don-vi/ca-nuoc-1.json": content };
    vi.stubGlobal("fetch", (address: string) => Promise.resolve(answers[address] ? new Response(JSON.stringify(answers[address])) : new Response("", { status: 404 })));
    await units.keepCountry();
    const session = new Session(shipped("domestic"), {}, () => NOW);
    await fillIn(session, readAny("079190000001|225000001|Trần Thị Bưởi|17051990|Nữ|1 Lê Duẩn, Bến Nghé, Quận 1, Hồ Chí Minh|10052021"));
    expect(session.answers).toMatchObject({ residence: "79/760/26740/", address: "1 Lê Duẩn" });
    const other = new Session(shipped("domestic"), {}, () => NOW);
    await fillIn(other, readAny("079190000001|225000001|Trần Thị Bưởi|17051990|Nữ|1 Lê Duẩn, Bến Nghé, Quận 1, Hà Nội|10052021"));
    expect(other.answers).not.toHaveProperty("residence");
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("offline")));
    expect(await units.search("phuc xa")).toEqual([{ path: "01/001/00001/", label: "Phường Phúc Xá, Quận Ba Đình, Thành phố Hà Nội" }]);
    expect(await units.nameOf("79/760/26740/")).toContain("Quận 1");
    expect((await units.search("phuoc hai"))[0]?.path).toBe("56/568/22372/");
  });

  test("leaves what was typed where the card knows less", async () => {
    const session = new Session(shipped("domestic"), { name: "Trần Thị Bưởi", birth: "17/05/1990", phone: "0905123456", address: "9 Lê Lợi" }, () => NOW);
    await fillIn(session, readAny("******000001|TRAN THI BUOI|1990-**-**|0|Q|<2<4512345678<0912345678<"));
    expect(session.answers).toMatchObject({ name: "Trần Thị Bưởi", birth: "17/05/1990", phone: "0905123456", insurance: "4512345678", address: "9 Lê Lợi" });
    expect(session.answers).not.toHaveProperty("national_id");
  });
});

test.each([
  ["https://lachan.example/q/MKT00001", "/khai/MKT00001/"],
  ["http://127.0.0.1:8000/khai/mkt00001/#LC1:ABC", "/khai/MKT00001/#LC1:ABC"],
  ["https://lachan.example/q/MKT00001?x=1", null],
  ["javascript:alert(1)//q/MKT00001", null],
  ["056190000001|225000001|Trần Thị Bưởi|17051990|Nữ|x|10052021", null],
])("a poster's code: %s", (text, address) => expect(addressOf(text)).toBe(address));
