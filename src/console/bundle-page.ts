/** The page on which anybody checks a bundle: the file and the hash stay in the browser, and the same code judges as on the command line. */
import { h, type JSX, type TargetedEvent } from "preact";
import { useState } from "preact/hooks";
import type { Verdict } from "../bundle/verify.ts";
import { bundleReport } from "./bundle-report.ts";
import { said } from "./said.ts";
import type { Judge } from "./shell.ts";

type Shown =
  { readonly kind: "judged"; readonly verdict: Verdict } | { readonly kind: "not-tried"; readonly why: string };

type Taken = { readonly name: string; readonly text: string };

export function BundlePage({ judge }: { readonly judge: Judge }): JSX.Element {
  const [file, setFile] = useState<Taken | undefined>(undefined);
  const [trusted, setTrusted] = useState("");
  const shown = file === undefined ? undefined : tried(judge, file, trusted.trim());
  const take = async (input: HTMLInputElement): Promise<void> => {
    const chosen = input.files?.[0];
    setFile(undefined);
    if (chosen !== undefined) setFile({ name: chosen.name, text: await chosen.text() });
  };
  return h(
    "div",
    {},
    h("p", {}, "A bundle says who agreed to what. It is checked here, in your browser; nothing is sent anywhere."),
    h(
      "form",
      {
        onSubmit: (event: Event) => {
          event.preventDefault();
        },
      },
      h("label", { for: "trusted" }, "Hash of the genesis that you trust"),
      h("input", {
        id: "trusted",
        type: "text",
        spellcheck: false,
        autocomplete: "off",
        "aria-describedby": "trusted-hint",
        value: trusted,
        onInput: (event: TargetedEvent<HTMLInputElement>) => {
          setTrusted(event.currentTarget.value);
        },
      }),
      h(
        "p",
        { id: "trusted-hint", class: "hint" },
        "32 bytes in hex. Take it from your own papers: this page could be lying about it, and therefore does not fill it in.",
      ),
      h("label", { for: "bundle" }, "File of the bundle"),
      h("input", {
        id: "bundle",
        type: "file",
        accept: ".json,application/json",
        onChange: (event: TargetedEvent<HTMLInputElement>) => void take(event.currentTarget),
      }),
    ),
    h("div", { role: "status" }, shown === undefined || file === undefined ? null : verdictOf(shown, file.name)),
    shown?.kind === "judged" && shown.verdict.kind === "verified" ? bundleReport(shown.verdict.report) : null,
  );
}

function tried(judge: Judge, { text }: Taken, trusted: string): Shown {
  if (trusted === "") return { kind: "not-tried", why: "say which genesis you trust" };
  try {
    return { kind: "judged", verdict: judge(text, trusted) };
  } catch (error) {
    return { kind: "not-tried", why: error instanceof Error ? error.message : "it could not be tried" };
  }
}

export function verdictOf(shown: Shown, name: string): JSX.Element {
  const file = [": ", said(name)];
  if (shown.kind === "not-tried")
    return h("p", { class: "verdict" }, h("strong", {}, "Not checked yet", ...file), said(shown.why));
  const { verdict } = shown;
  if (verdict.kind === "wrong")
    return h(
      "p",
      { class: "verdict bad" },
      h("strong", {}, "Do not rely on it", ...file),
      said(`${verdict.field === "" ? "" : `${verdict.field}: `}${verdict.why}`),
    );
  return h(
    "p",
    { class: "verdict good" },
    h("strong", {}, "Verified", ...file),
    "Everything that can be checked without the service holds.",
  );
}
