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

/** The same where only text may stand: in the policy's zone alone. */
export function timeText(at: Instant, zone: string | undefined): string {
  return inZone(at, zone ?? "UTC").join(" ");
}

function inZone(at: Instant, zone: string): readonly [text: string, zone: string] {
  const options = { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23", timeZone: zone } as const;
  try {
    return [new Date(at * 1000).toLocaleString("en-GB", options), zone.replaceAll("_", " ")];
  } catch {
    return inZone(at, "UTC");
  }
}
