/** A proposed document as its readers see it: what it is, who signed and who vetoed it, whether it is in force. */
import { attachmentSchema } from "../../gate/change.ts";
import { entrySchema } from "../../log/entry.ts";
import { readStatement } from "../../statement/read.ts";
import { parseStrict, type Json } from "../../values/json.ts";
import { parseWith } from "../../values/schema.ts";
import { toWire } from "../../values/wire.ts";
import type { MirroredDocument, MirroredStatement, Store } from "./store.port.ts";

/** Whether somebody proposed it: what the genesis brought is no change, the first policy of a later asset is one. */
export async function wasProposed(store: Pick<Store, "statements">, document: MirroredDocument): Promise<boolean> {
  const kind = document.kind === "Policy" ? "PolicyChange" : "RosterChange";
  return document.version > 1 || (await store.statements(kind, document.hash)).length > 0;
}

/** With `signed`: each statement as it was signed, and the proofs of possession that came with it. */
export async function changeView(
  store: Pick<Store, "statements" | "leaves">,
  document: MirroredDocument,
): Promise<Json> {
  const signatures = await store.statements(
    document.kind === "Policy" ? "PolicyChange" : "RosterChange",
    document.hash,
  );
  const vetoes = await store.statements("Veto", document.hash);
  const { hash, kind, name, version, state, at } = document;
  return toWire({
    documentHash: hash,
    kind,
    name,
    version,
    state,
    since: at,
    document: document.document,
    class: signatures.flatMap(classIn)[0],
    signedBy: signatures.map(({ member, at: signedAt }) => ({ person: member, at: signedAt })),
    signed: await Promise.all(
      signatures.map(async ({ envelope, leaf }) => ({
        statement: envelope,
        possessions: await possessionsAt(store, leaf),
      })),
    ),
    vetoedBy: vetoes.map(({ member, at: vetoedAt }) => ({ person: member, at: vetoedAt })),
  });
}

async function possessionsAt(store: Pick<Store, "leaves">, index: number): Promise<readonly unknown[]> {
  const [found] = await store.leaves(index, 1);
  const entry = found === undefined ? undefined : parseWith(entrySchema, parseStrict(found.leaf), "mirror.entry");
  const attachment = entry?.kind === "statement" ? attachmentSchema.safeParse(entry.attachment).data : undefined;
  return attachment?.possessions ?? [];
}

function classIn({ envelope }: MirroredStatement): readonly string[] {
  const { kind, message } = readStatement(envelope);
  return kind === "PolicyChange" || kind === "RosterChange" ? [message.class] : [];
}
