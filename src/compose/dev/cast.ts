/** The people and services of the demo, each with a credential of their own. */

export type Part = {
  readonly id: string;
  readonly name: string;
  readonly group: string;
  readonly kind: "wallet" | "key";
  readonly service: boolean;
};

export const cast: readonly Part[] = [
  { id: "ida", name: "Ida, issuer", group: "issuers", kind: "key", service: false },
  { id: "carla", name: "Carla, custodian", group: "custodians", kind: "wallet", service: false },
  { id: "chris", name: "Chris, custodian", group: "custodians", kind: "key", service: false },
  { id: "cyril", name: "Cyril, custodian", group: "custodians", kind: "key", service: false },
  { id: "cora", name: "Cora, compliance", group: "compliance", kind: "wallet", service: false },
  { id: "otto", name: "Otto, security officer", group: "officers", kind: "key", service: false },
  { id: "olga", name: "Olga, security officer", group: "officers", kind: "key", service: false },
  { id: "omar", name: "Omar, security officer", group: "officers", kind: "key", service: false },
  { id: "audrey", name: "Audrey, auditor", group: "auditors", kind: "key", service: false },
  { id: "observer-1", name: "First observer", group: "observers", kind: "key", service: true },
  { id: "observer-2", name: "Second observer", group: "observers", kind: "key", service: true },
  { id: "vault", name: "Vault auditor", group: "attestors", kind: "key", service: true },
];

/** A wallet on the demo's chain that receives what is minted; it signs no statement and stands in no roster. */
export const bank = "bank-a";
/** Who buys gold from the bank in the story, on the demo's chain alone: nobody has the keys of these addresses. */
export const clients = [
  { name: "Fund B", address: "0xb000000000000000000000000000000000000001", bought: "10", mayHave: true },
  { name: "Fund C", address: "0xc000000000000000000000000000000000000002", bought: "5", mayHave: true },
  { name: "Fund D", address: "0xd000000000000000000000000000000000000003", bought: "3", mayHave: false },
] as const;
/** Keeps what somebody may not have. */
export const escrow = "0xe000000000000000000000000000000000000004";
/** What the genesis calls the demo's witness. */
export const witnessName = "witness.example/w1";
/** The managed key the demo signs with. */
export const mintKey = "hsm-mint";
export const chainId = 31_337;
