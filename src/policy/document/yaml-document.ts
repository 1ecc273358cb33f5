/** A policy document as people write it, in YAML; apart from the document, so that whoever reads only JSON carries no parser of YAML. */
import { normalPolicyDocument, type PolicyDocument } from "./document.ts";
import { parseYaml } from "./yaml-text.ts";

export function readPolicyYaml(text: string): PolicyDocument {
  return normalPolicyDocument(parseYaml(text));
}
