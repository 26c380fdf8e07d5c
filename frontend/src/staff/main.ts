import "../styles/staff.scss";
import htmx from "htmx.org";
import { endShift } from "../round/end";
import { start } from "../shared/page";
import { start as startUnits } from "../shared/units";
import { autoSubmit } from "./filters";
import { confirmRequests } from "./htmx";
import { startKeys } from "./keys";
import { startMenu } from "./menu";
import { printWhole } from "./print";
import { signingOut } from "./leave";
import { startToasts } from "./toasts";

start();
startUnits();
autoSubmit();
startKeys();
startMenu();
startToasts();
printWhole();
confirmRequests();
htmx.onLoad((element) => startUnits(element as HTMLElement));

document.addEventListener("submit", signingOut);
if (document.querySelector("[data-no-team]")) void endShift();

const maps = document.querySelectorAll<HTMLElement>("[data-draw]");
if (maps.length > 0) void import("./draw").then(({ start }) => start(maps));
