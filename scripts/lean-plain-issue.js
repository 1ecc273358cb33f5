/** Complaints about a document, for the pages' build: what they read was taken by a gate already, so the words for its author are left out. */

export function readPlainly(schema, document) {
  const result = schema.safeParse(document);
  if (result.success) return { kind: "read", value: result.data };
  const issues = result.error.issues.map(({ path, message }) => ({ field: path.map(String).join("."), message }));
  return { kind: "wrong", issues };
}
