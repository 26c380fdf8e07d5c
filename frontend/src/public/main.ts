import "../styles/public.scss";
import { start } from "../shared/page";
import { start as startUnits } from "../shared/units";

start();
startUnits();

/** Once the page stands: what makes every page open without a network, and what waits on this phone to be sent. */
function later(): void {
  void import("./later").then(({ begin }) => begin());
}

if (document.readyState === "complete") later();
else window.addEventListener("load", later);
