/** The bundle of a request, fetched and verified in the reader's browser, and kept by them. */
import { h, type JSX } from "preact";
import { useState } from "preact/hooks";
import { InvalidValue } from "../values/errors.ts";
import { bundleReport } from "./bundle-report.ts";
import { DownloadLink } from "./download-link.ts";
import { trouble, waiting } from "./notice.ts";
import { ofAnother, ownBundle } from "./own-bundle.ts";
import type { Matter } from "./request-matter.ts";
import type { Visitor } from "./shell.ts";
import type { Report } from "../bundle/report.ts";

type Looked =
  | { readonly kind: "not-yet" }
  | { readonly kind: "looking" }
  | { readonly kind: "verified"; readonly report: Report; readonly text: string }
  | { readonly kind: "wrong"; readonly error: unknown };

export function OwnVerdict({ matter, visitor }: { readonly matter: Matter; readonly visitor: Visitor }): JSX.Element {
  const [looked, setLooked] = useState<Looked>({ kind: "not-yet" });
  const look = (): void => {
    setLooked({ kind: "looking" });
    verified(matter, visitor).then(setLooked, (error: unknown) => {
      setLooked({ kind: "wrong", error });
    });
  };
  if (looked.kind === "looking") return waiting("the bundle, and its verification in your browser");
  if (looked.kind === "wrong") return trouble(looked.error, look);
  if (looked.kind === "verified")
    return h(
      "div",
      {},
      h(
        "p",
        { class: "verdict good", role: "status" },
        h("strong", {}, "Verified in your browser"),
        "Everything that can be checked without the service holds. ",
        h(DownloadLink, {
          name: `bundle-${matter.view.requestId.slice(2, 14)}.json`,
          text: looked.text,
          words: "Keep the bundle",
        }),
      ),
      bundleReport(looked.report),
    );
  return h("p", {}, h("button", { type: "button", onClick: look }, "Fetch the bundle and verify it here"));
}

async function verified({ view, checked }: Matter, visitor: Visitor): Promise<Looked> {
  const { verdict, text } = await ownBundle(visitor, view.requestId);
  if (verdict.kind === "wrong")
    throw new InvalidValue(
      "client.untrue",
      `the bundle does not hold: ${verdict.field === "" ? "" : `${verdict.field}: `}${verdict.why}`,
    );
  const { report } = verdict;
  if (report.intent !== checked.words) throw ofAnother();
  return { kind: "verified", report, text };
}
