import { expect, test } from "vitest";
import { namesIn, sprite } from "./icons";

test("finds icons that templates, Python and TypeScript name", () => {
  const text = `{% icon "phone" %} {% icon 'map-pin' "lc-icon-lg" %} {% include "x" with icon="inbox" %} NavItem("gate", _("Tờ khai"), "d:list", "d.view", "clipboard-list", order=1) { icon: "x" } lexicon "no"`;
  expect(namesIn(text).sort()).toEqual(["clipboard-list", "inbox", "map-pin", "phone", "x"]);
});

test("a sprite holds each icon once, without comments or sizes", () => {
  const svg = sprite(["phone", "x", "phone"]);
  expect(svg.match(/<symbol/g)).toHaveLength(2);
  expect(svg).toContain('<symbol id="phone" viewBox="0 0 24 24">');
  expect(svg).not.toMatch(/<!--|width=/);
});

test("a name that Tabler lacks stops the build", () => {
  expect(() => sprite(["no-such-icon-here"])).toThrow(/no-such-icon-here/);
});
