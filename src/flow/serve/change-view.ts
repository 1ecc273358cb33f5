/** A proposed document as its readers see it: what it is, who signed and who vetoed it, whether it is in force. */
import { readStatement } from "../../statement/read.ts";
import type { Json } from "../../values/json.ts";
import { toWire } from "../../values/wire.ts";
import type { MirroredDocument, MirroredStatement, Store } from "./store.port.ts";

/** Whether somebody proposed it: what the genesis brought is no change, the first policy of a later asset is one. */
export async function wasProposed(store: Pick<Store, "statements">, document: MirroredDocument): Promise<boolean> {
  const kind = document.kind === "Policy" ? "PolicyChange" : "RosterChange";
  return document.version > 1 || (await store.statements(kind, document.hash)).length > 0;
}

export async function changeView(store: Pick<Store, "statements">, document: MirroredDocument): Promise<Json> {
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
    vetoedBy: vetoes.map(({ member, at: vetoedAt }) => ({ person: member, at: vetoedAt })),
  });
}

function classIn({ envelope }: MirroredStatement): readonly string[] {
  const { kind, message } = readStatement(envelope);
  return kind === "PolicyChange" || kind === "RosterChange" ? [message.class] : [];
}
