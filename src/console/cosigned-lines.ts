/** Which witnesses cosigned a log, and when by their own clocks. */
import { h, type JSX } from "preact";
import type { Head } from "../sdk/whole-log.ts";
import { said } from "./said.ts";
import { timeShown } from "./time-shown.ts";

export function cosignedLines({ cosigned }: Head): readonly JSX.Element[] {
  return cosigned.map(({ name, at }) =>
    h("p", {}, "Cosigned by ", said(name), ", ", timeShown(at, undefined), " by its own clock"),
  );
}
