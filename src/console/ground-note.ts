/** What each page says of itself: whose copy it is, and how to read from one's own. */
import { h, type JSX } from "preact";
import type { Ground } from "./ground.ts";

export function groundNote(ground: Ground): JSX.Element {
  if (ground.kind === "own")
    return h(
      "aside",
      { class: "ground own", "aria-label": "Whose pages these are" },
      h("strong", {}, "Your own copy. "),
      "These pages come from this machine; only data comes from ",
      h("code", {}, ground.api),
      ". Everything that can be made again is made again here.",
    );
  return h(
    "details",
    { class: "ground" },
    h(
      "summary",
      {},
      h("strong", {}, "Served by the service. "),
      "Whoever rules the service could have changed these pages: before you approve, read from your own copy.",
    ),
    h(
      "p",
      {},
      "On your own machine, install the release that you verified; then, with the genesis file that you keep:",
    ),
    h("pre", { tabIndex: 0 }, `countersign console --genesis genesis.json --api ${location.origin}`),
    h(
      "p",
      {},
      "Then open ",
      h("code", {}, "http://localhost:8490/console/"),
      ", and look at the address before you believe the page.",
    ),
  );
}
