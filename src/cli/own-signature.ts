/** A person's own signature under what they read: with their credential's file, or on their Ledger, which shows the same fields; whichever the statement. */
import { writeReview } from "../bundle/review.ts";
import type { About } from "../bundle/meaning.ts";
import type { Envelope } from "../statement/envelope.ts";
import type { Kind } from "../statement/message.ts";
import type { RosterIndex } from "../roster/membership.ts";
import type { Address } from "../values/address.ts";
import type { Json } from "../values/json.ts";
import { parse as parseName, type Name } from "../values/name.ts";
import type { Given } from "./command.ts";
import type { Service } from "./connection.ts";
import { fileJson, writeNew } from "./document-file.ts";
import { documentsInForce } from "./in-force.ts";
import type { Io } from "./io.ts";
import { option } from "./option-value.ts";
import { Refused } from "./outcome.ts";

export type Signing = {
  readonly given: Given;
  readonly io: Io;
  /** Before a deployment runs there is its genesis, and nothing to ask. */
  readonly service: Pick<Service, "own" | "standing"> & Partial<Pick<Service, "client">>;
};

export type OwnWords<K extends Kind = Kind> = {
  readonly kind: K;
  readonly message: Readonly<Record<string, string | number | boolean>>;
  /** What the statement is about, for whoever makes its words again. */
  readonly about: About;
};

/** With `--review` what will be signed is in a file before anybody is asked to sign it. */
export async function signOwn({ given, io, service }: Signing, { kind, message, about }: OwnWords): Promise<Envelope> {
  const { deploymentId } = service.standing;
  const say = given.json ? io.err : io.out;
  const file = given.maybe("review");
  if (file !== undefined) {
    writeNew(file, fileJson(writeReview({ deploymentId, kind, message, about })));
    say(`on another machine: countersign bundle digest ${file} --genesis ${deploymentId}`);
  }
  const id = given.maybe("ledger");
  if (id === undefined) return service.own.sign(deploymentId, kind, message);
  const { signOnLedger } = await import("../compose/ledger-statement.ts");
  const path = given.maybe("ledger-path");
  const credential = option("ledger", id, parseName);
  const address = await addressOf(service, credential);
  const device = {
    id: credential,
    env: io.env,
    ...(address === undefined ? {} : { address }),
    ...(path === undefined ? {} : { path }),
  };
  return signOnLedger({ deploymentId, kind, message }, device, (lines) => {
    for (const line of lines) say(line);
  });
}

/** As the roster in force has it: another device, or another path on this one, is told before anything is on its screen. */
async function addressOf({ client, standing }: Signing["service"], id: Name): Promise<Address | undefined> {
  const index = client === undefined ? standing.roster.index : await indexInForce({ client, standing });
  const known = index.credential(id)?.credential;
  if (known?.kind === "wallet") return known.address;
  // Whom a later roster brought in, the genesis alone does not know.
  if (client === undefined && known === undefined) return undefined;
  throw new Refused("cli.no-wallet", `no wallet \`${id}\` is in the roster in force`);
}

async function indexInForce(service: Pick<Service, "client" | "standing">): Promise<RosterIndex> {
  return (await documentsInForce(service)).standing.roster.index;
}

/** A statement about a request, as the service shows it and we checked it. */
export function aboutRequest(submission: Json, policy: Json): About {
  return { kind: "request", submission, policy };
}
