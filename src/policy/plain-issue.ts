/** The one complaint about a document that helps the person who wrote it. */
import type { z } from "zod";

type Issue = z.core.$ZodIssue;

/** Field and message of the first issue; of a choice between shapes, the shape that the text was nearest to. */
export function plainIssue(issues: readonly Issue[]): { readonly field: string; readonly message: string } {
  const [issue] = issues;
  if (issue === undefined) return { field: "", message: "the document is not understood" };
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") return unknownKeys(path, issue.keys);
  if (issue.code !== "invalid_union") return { field: path.join("."), message: issue.message };
  const shared = sharedUnknownKeys(issue.errors);
  if (shared.length > 0) return unknownKeys(path, shared);
  const nearest = issue.errors.find((branch) => !branch.some(isUnknownKey)) ?? issue.errors[0] ?? [];
  const inner = plainIssue(nearest);
  return { field: [...path, ...(inner.field === "" ? [] : [inner.field])].join("."), message: inner.message };
}

function unknownKeys(path: readonly string[], keys: readonly string[]): { field: string; message: string } {
  const words = keys.map((key) => `\`${key}\``).join(", ");
  return { field: path.join("."), message: `unknown key ${words}; nothing is ignored` };
}

/** Keys that no shape knows. */
function sharedUnknownKeys(branches: readonly (readonly Issue[])[]): readonly string[] {
  const unknown = branches.map((branch) => branch.filter(isUnknownKey).flatMap((issue) => issue.keys));
  return (unknown[0] ?? []).filter((key) => unknown.every((keys) => keys.includes(key)));
}

function isUnknownKey(issue: Issue): issue is z.core.$ZodIssueUnrecognizedKeys {
  return issue.code === "unrecognized_keys" && issue.path.length === 0;
}
