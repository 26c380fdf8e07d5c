import { describe, expect, test } from "vitest";
import { isQuestion, returnVisit, walk } from "../../kernel/questionnaire";
import { slashed } from "../inputs";
import { Session } from "../session";
import { ENOUGH, canWait, demands, extras, linkIds, screens } from "../steps";
import { GOOD, NOW, shipped } from "./forms";

const domestic = shipped("domestic");

describe("screens", () => {
  test.each(["domestic", "facility", "checkpoint", "entry"])("%s: every question is on one screen and only one", (id) => {
    const form = shipped(id);
    const asked = screens(form).flatMap(linkIds);
    expect([...asked].sort()).toEqual([...form.byId.values()].filter(isQuestion).map((item) => item.linkId).sort());
  });

  test("a screen asks no more than enough, unless one group alone does", () => {
    for (const { groups } of ["domestic", "facility", "checkpoint", "entry"].flatMap((id) => screens(shipped(id)))) {
      const asks = groups.filter((part) => part.type === "group").map(demands).filter((count) => count > 0);
      expect(asks.length === 1 || asks.reduce((sum, count) => sum + count, 0) <= ENOUGH).toBe(true);
    }
  });

  test("the domestic form takes two screens, a return visit one", () => {
    expect(screens(domestic)).toHaveLength(2);
    const again = new Set(returnVisit(domestic).map((item) => item.linkId));
    const [only, ...more] = screens(domestic, again);
    expect(more).toEqual([]);
    expect(walk(only?.groups ?? []).some((item) => item.linkId === "national_id")).toBe(false);
  });

  test("no screen is the pledge alone", () => {
    const alone = ["facility", "checkpoint", "entry"].flatMap((id) => screens(shipped(id))).filter(({ groups }) => groups.every((part) => part.type !== "group"));
    expect(alone).toEqual([]);
  });

  test("what needn't be answered waits; what may be asked for doesn't hide", () => {
    const group = (id: string) => domestic.items.find((item) => item.linkId === id)!;
    expect(canWait(group("today"))).toBe(true);
    expect(canWait(group("symptoms"))).toBe(false);
    expect(extras(group("identity")).map((item) => item.linkId)).toEqual(["insurance", "email"]);
  });
});

describe("a session", () => {
  const session = (answers = {}) => new Session(domestic, answers, () => NOW);

  test("starts with what the form says already", () => {
    expect(session().answers).toEqual({ nationality: "VN" });
  });

  test("accepts a good declaration, by role too", () => {
    const clean = session(GOOD).clean();
    expect(clean.errors).toEqual([]);
    expect(clean.record).toMatchObject({ name: "Nguyễn Thị Hoa", birth: "1990-05-17", phone: "+84905123456", residence: "56/568/22327/" });
  });

  test("a box left unticked says no only to whoever saw it", () => {
    const one = session({ ...GOOD, no_symptoms: false, fever: true });
    expect(one.complete().cough).toBeUndefined();
    one.seen.add("cough");
    expect(one.complete().cough).toBe(false);
    one.set("no_symptoms", true);
    expect(one.complete()).not.toHaveProperty("cough");
  });

  test("the pledge is never given by leaving it", () => {
    const one = session({ ...GOOD, pledge: undefined as never });
    delete one.answers.pledge;
    one.seen.add("pledge");
    expect(one.clean().errors.map((error) => [error.field, error.code])).toEqual([["pledge", "required"]]);
  });

  test("checks a field when it is left, and doesn't scold an empty one", () => {
    const one = session();
    one.check("phone");
    expect(one.errors.size).toBe(0);
    one.set("phone", "12");
    one.check("phone");
    expect(one.errors.get("phone")?.code).toBe("phone_invalid");
    one.set("phone", "0905123456");
    expect(one.errors.size).toBe(0);
  });

  test("a screen passes when its own questions are right, whatever the next asks", () => {
    const { residence: _residence, pledge: _pledge, ...first } = GOOD;
    const one = session(first);
    const [here, next] = screens(domestic);
    expect(one.checkAll(linkIds(here!))).toBe(true);
    expect(one.checkAll(linkIds(next!))).toBe(false);
    expect([...one.errors.keys()].sort()).toEqual(["pledge", "residence"]);
  });
});

test.each([
  ["1", "1"], ["17", "17"], ["170", "17/0"], ["1705", "17/05"], ["17051", "17/05/1"], ["17051990", "17/05/1990"], ["17/05/19", "17/05/19"],
  ["1990", "1990"], ["19", "19"], ["2005", "2005"], ["1-5-1990", "1-5-1990"], ["5/1990", "5/1990"], ["17/", "17/"], ["1/5/1990", "1/5/1990"],
])("typing a date: %s becomes %s", (typed, shown) => expect(slashed(typed)).toBe(shown)); // prettier-ignore
