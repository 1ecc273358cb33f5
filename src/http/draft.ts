/** A draft of a policy as it came in, as JSON or as YAML, and where in its text something is wrong. */
import { compile } from "../policy/compile/compile.ts";
import { readPolicyDocument } from "../policy/document/document.ts";
import { placesIn } from "../policy/document/place-in-text.ts";
import { readPolicyYaml } from "../policy/document/yaml-document.ts";
import { InvalidText } from "../policy/document/yaml-text.ts";
import type { PolicyReportView } from "../request/judged.ts";
import { InvalidValue } from "../values/errors.ts";
import type { Json } from "../values/json.ts";
import { toWire } from "../values/wire.ts";

/** The draft as JSON. Throws `InvalidValue` with the field, from the root of the body, and of a text with its line. */
export function readDraft(draft: Json, asset: string | undefined): Json {
  try {
    const document = typeof draft === "string" ? toWire(readPolicyYaml(draft)) : draft;
    const policy = compile(readPolicyDocument(document));
    if (asset !== undefined && policy.asset !== asset)
      throw new InvalidValue("policy.other-asset", `the draft is of ${policy.asset}, the intent of ${asset}`, "asset");
    return document;
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    const { code, message, field } = error;
    if (typeof draft !== "string" || error instanceof InvalidText) throw error.within("policy");
    const { line, column } = placesIn(draft)(field);
    throw new InvalidValue(code, `${message} at line ${line}, column ${column}`, field).within("policy");
  }
}

/** Every obstacle of a draft that came as text with its line. */
export function linedUp(report: PolicyReportView, draft: Json): PolicyReportView {
  if (typeof draft !== "string") return report;
  const placing = placesIn(draft);
  return { ...report, obstacles: report.obstacles.map((one) => ({ ...one, line: placing(one.field).line })) };
}
