/** What a service may say untruly of a request and of what stands behind it: one table, which the page and the command line both refuse. */
import { readSaid } from "../../src/bundle/meaning.ts";
import { intentOf } from "../../src/gate/submission.ts";
import { documentName } from "../../src/genesis/genesis.ts";
import type { Desk, RequestView } from "../../src/http/desk.port.ts";
import { sentence } from "../../src/intent/words.ts";
import { zero, type Bytes32 } from "../../src/values/bytes32.ts";
import { hash, type Json } from "../../src/values/json.ts";
import { toWire } from "../../src/values/wire.ts";
import type { ServePlace } from "../flow/serve/place.ts";
import { idOf, submission } from "./gold.ts";
import { sign } from "./people.ts";

/** The request as it really is, a mint of 100 GLD to the treasury that waits for custodians, and the service that has it. */
export type Truth = { readonly serve: ServePlace; readonly id: Bytes32 };

export type RequestLie = {
  readonly name: string;
  /** What is shown untruly: whoever only looks at a part refuses only that. */
  readonly about: "request" | "documents" | "decision" | "reserves";
  readonly lie: (truth: Truth) => Promise<Partial<Desk>>;
  readonly why: RegExp;
};

const thief = `0xaaaa${"b".repeat(32)}aaaa`;

const shown: readonly (readonly [name: string, change: Change, why: RegExp])[] = [
  ["another recipient", (_, message) => ({ submission: { ...message, to: thief } }), /intentHash says/],
  ["another amount", (_, message) => ({ submission: { ...message, amount: "1" } }), /amountText says/],
  [
    "another text of the amount",
    (_, message) => ({ submission: { ...message, amountText: "1 GLD" } }),
    /amountText says/,
  ],
  [
    "another amount with its text and its words",
    ({ words }, message) => ({
      words: words.replace("100", "1"),
      submission: { ...message, amount: String(10n ** 18n), amountText: "1 GLD" },
    }),
    /intentHash says/,
  ],
  ["other words", ({ words }) => ({ words: words.replace("100", "1") }), /the server says/],
  [
    "another digest",
    (_, message) => ({ submission: { ...message, intentHash: `0x${"7".repeat(64)}` } }),
    /intentHash says/,
  ],
  ["other details", (_, message) => ({ submission: { ...message, details: "reference X" } }), /details says/],
  ["another chain", (_, message) => ({ submission: { ...message, chainId: 1 } }), /policy is for chain/],
  [
    "another request under this id",
    (_, message) => ({ submission: { ...message, requestId: idOf("X") } }),
    /another id inside/,
  ],
  ["another request", () => ({ requestId: idOf("X") }), /another (request|id)/],
  ["nobody's signature under the submission", () => ({ signed: [] }), /not signed/],
  ["another initiator", () => ({ initiator: "ivan" }), /ida signed it, and ivan is said to have asked for it/],
];

export const requestLies: readonly RequestLie[] = [
  ...shown.map(([name, change, why]) => ({
    name,
    about: "request" as const,
    lie: (truth: Truth) => changedView(truth, change),
    why,
  })),
  ...(
    [
      ["another recipient, everything made again", (truth) => swapped(truth, { to: thief }), /not signed/],
      ["a smaller amount, everything made again", (truth) => swapped(truth, { amount: "1" }), /not signed/],
      [
        "another recipient, signed by another issuer",
        (truth) => swapped(truth, { to: thief }, "ivan"),
        /ivan signed it/,
      ],
    ] as const satisfies readonly (readonly [string, RequestLie["lie"], RegExp])[]
  ).map(([name, lie, why]) => ({ name, about: "request" as const, lie, why })),
  {
    name: "a decision about another intent",
    about: "decision",
    lie: (truth) => changedDecision(truth, () => ({ intentHash: idOf("X") })),
    why: /another intent/,
  },
  {
    name: "people in seats who are not in the group",
    about: "decision",
    lie: (truth) =>
      changedDecision(truth, ({ seats }) => ({ seats: seats.map((seat) => ({ ...seat, person: "otto" })) })),
    why: /in a seat of/,
  },
  {
    name: "the reserves of another token",
    about: "reserves",
    lie: async ({ serve: { desk } }) => {
      const found = await desk.asset("GLD" as never);
      if (found.kind === "absent") throw new Error("there is an asset");
      return { asset: async () => ({ kind: "found", value: { ...found.value, decimals: 6 } }) };
    },
    why: /not of GLD/,
  },
  ...(
    [
      [
        "a policy with another label, under its old hash",
        (truth) => withPolicy(truth, toBankB, false),
        /does not hash/,
      ],
      [
        "a policy with another label, its hash made again",
        (truth) => withPolicy(truth, toBankB, true),
        /not the one of the genesis/,
      ],
      ["another version of the policy", (truth) => withPolicy(truth, later(truth), false), /does not hash/],
      [
        "a later policy that nobody signed",
        (truth) => withPolicy(truth, (text) => toBankB(later(truth)(text)), true),
        /nobody is shown to have signed/,
      ],
      [
        "a later policy that a custodian signed, with a request that nobody signed",
        async (truth) => ({
          ...(await signedByCarla(truth, await withPolicy(truth, (text) => toBankB(later(truth)(text)), true))),
          ...(await swapped(truth, { to: thief })),
        }),
        /too few people signed it/,
      ],
      [
        "a roster with a person more, its hash made again",
        (truth) => withRoster(truth, (text) => text.replace('"Carla"', '"Karla"')),
        /not the one of the genesis/,
      ],
      [
        "a roster of its own, under its old hash",
        async (truth) => {
          const { hash: old } = await truth.serve.desk.roster();
          const lie = await withRoster(truth, (text) => text.replace('"Carla"', '"Karla"'));
          return { roster: async () => ({ ...(await lie.roster!()), hash: old }) };
        },
        /does not hash/,
      ],
      [
        "a later roster that nobody signed",
        (truth) => withRoster(truth, (text) => text.replace('"version":1', '"version":2')),
        /nobody is shown to have signed/,
      ],
      [
        "a later roster that a custodian signed, with a request that nobody signed",
        async (truth) => {
          const previous = `"previous":"${documentName(truth.serve.gatePlace.deployment.rosterHash)}"`;
          const edit: Edit = (text) => text.replace('"version":1', '"version":2').replace('"previous":null', previous);
          const lie = await withRoster(truth, (text) => edit(text).replace('"Carla"', '"Karla"'));
          return { ...(await signedByCarla(truth, lie)), ...(await swapped(truth, { to: thief })) };
        },
        /too few people signed it/,
      ],
    ] as readonly (readonly [string, RequestLie["lie"], RegExp])[]
  ).map(([name, lie, why]) => ({ name, about: "documents" as const, lie, why })),
];

/** The document of a lie as if it had been brought into force, under a signature that is no officer's. */
async function signedByCarla({ serve: { gatePlace } }: Truth, lie: Partial<Desk>): Promise<Partial<Desk>> {
  const { deploymentId, policyHash, rosterHash } = gatePlace.deployment;
  const { hash: documentHash, version, document } = (await lie.roster?.()) ?? (await lie.policies!())[0]!;
  const [kind, previous] = lie.roster === undefined ? ["PolicyChange", policyHash] : ["RosterChange", rosterHash];
  const message = { documentHash, version, previous, class: "loosen", reportHash: zero };
  const statement = sign("carla", deploymentId, kind as "PolicyChange" | "RosterChange", message);
  return {
    ...lie,
    changes: async () => [toWire({ documentHash, document, signed: [{ statement, possessions: [] }] })],
  };
}

type Change = (view: RequestView, message: Record<string, Json>) => object;

/** The view as the service has it, changed. */
export async function changedView({ serve: { desk }, id }: Truth, change: Change): Promise<Partial<Desk>> {
  const found = await desk.request(id);
  if (found.kind === "absent") throw new Error("the request is there");
  const message = { ...(found.value.submission as Record<string, Json>) };
  const value = { ...found.value, ...change(found.value, message) };
  return { request: async () => ({ kind: "found", value }) };
}

/** Another request under the same id, with every hash and every word made again: signed by nobody unless it is said. */
export function swapped(truth: Truth, overrides: Record<string, unknown>, by?: "ida" | "ivan"): Promise<Partial<Desk>> {
  const { deployment, now } = truth.serve.gatePlace;
  const other = submission(deployment, { now, requestId: truth.id, intent: overrides });
  const forged =
    by === undefined
      ? { ...other, proof: { ...other.proof, signature: `0x${"11".repeat(64)}` } }
      : sign(by, deployment.deploymentId, "Submission", other.message);
  return changedView(truth, () => ({ submission: other.message, words: wordsOf(other.message), signed: [forged] }));
}

function wordsOf(message: unknown): string {
  const said = readSaid("Submission", message);
  if (said.kind !== "Submission") throw new Error("a submission");
  return sentence(intentOf(said.message, 18), 18);
}

type DecisionShown = Extract<Awaited<ReturnType<Desk["decision"]>>, { kind: "found" }>["value"];

async function changedDecision(
  { serve: { desk }, id }: Truth,
  change: (decision: DecisionShown) => object,
): Promise<Partial<Desk>> {
  const found = await desk.decision(id);
  if (found.kind === "absent") throw new Error("there is a decision");
  const value = { ...found.value, ...change(found.value) };
  return { decision: async () => ({ kind: "found", value }) };
}

type Edit = (text: string) => string;

const toBankB: Edit = (text) => text.replace("Bank A omnibus", "Bank B");

function later({ serve }: Truth): Edit {
  const previous = `"previous":"${documentName(serve.gatePlace.deployment.policyHash)}"`;
  return (text) => text.replace('"version":1', '"version":2').replace('"previous":null', previous);
}

async function withPolicy({ serve: { desk } }: Truth, edit: Edit, again: boolean): Promise<Partial<Desk>> {
  const changed = (await desk.policies()).map((one) => {
    const document = JSON.parse(edit(JSON.stringify(one.document))) as Json & { version: number };
    return { ...one, document, version: document.version, ...(again ? { hash: hash(document) } : {}) };
  });
  return { policies: async () => changed };
}

export async function withRoster({ serve: { desk } }: Truth, edit: Edit): Promise<Partial<Desk>> {
  const { document } = await desk.roster();
  const other = JSON.parse(edit(JSON.stringify(document))) as Json & { version: number };
  return { roster: async () => ({ hash: hash(other), version: other.version, document: other }) };
}
