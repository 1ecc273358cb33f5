/** A moment in the policy's zone and in the reader's own. */
import { h, type JSX } from "preact";
import { toIso, type Instant } from "../values/instant.ts";

/** `zone` is the policy's, such as `Europe/Zurich`; UTC where the policy has none or this browser does not know it. */
export function timeShown(at: Instant, zone: string | undefined): JSX.Element {
  const own = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [first, theirs] = inZone(at, zone ?? "UTC");
  const [second, mine] = inZone(at, own);
  const same = first === second;
  return h(
    "span",
    { class: "time" },
    h("time", { dateTime: toIso(at) }, `${first} ${theirs}`),
    same ? null : h("span", { class: "soft" }, ` (${second} ${mine}, where you are)`),
  );
}

function inZone(at: Instant, zone: string): readonly [text: string, zone: string] {
  const options = { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" } as const;
  const date = new Date(at * 1000);
  try {
    return [new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone }).format(date), zone.replaceAll("_", " ")];
  } catch {
    return [new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" }).format(date), "UTC"];
  }
}
