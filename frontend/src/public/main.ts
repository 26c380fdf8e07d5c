import "../styles/public.scss";
import { start } from "../shared/page";
import { start as startUnits } from "../shared/units";

start();
startUnits();
