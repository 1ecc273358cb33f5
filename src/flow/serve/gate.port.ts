/** The gate as serve sees it over the socket; every call throws `Fault` (`gate.unreachable`, `gate.busy`; retry safe) when there is no answer. */
import type { Admitted, Entries, GateRequest, Head, Health, Problem, SignAnswer, Witnessed } from "../../gate/wire.ts";
import type { Envelope } from "../../statement/envelope.ts";
import type { Json } from "../../values/json.ts";

export type Gate = {
  /** The receipt, or why the gate does not take it. */
  readonly admit: (statement: Envelope, attachment?: Json) => Promise<Admitted | Problem>;
  /** Never waits; called again until the request ended. */
  readonly sign: (request: Extract<GateRequest, { verb: "sign" }>) => Promise<SignAnswer | Problem>;
  /** Hands in a cosigned checkpoint. */
  readonly witnessed: (checkpoint: string) => Promise<Witnessed | Problem>;
  readonly entries: (from: number, limit: number) => Promise<Entries>;
  readonly head: () => Promise<Head>;
  readonly health: () => Promise<Health>;
  readonly close: () => void;
};
