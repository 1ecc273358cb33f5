/** The bench in the agent's process: opens the module, the token and a throw-away key when a check needs them, and runs the checks. */
import { randomBytes } from "node:crypto";
import type { PKCS11 } from "pkcs11js";
import { toBytes } from "../../../values/hex.ts";
import { decodeSign } from "../agent-message.ts";
import type { AgentOrders } from "../agent-orders.ts";
import { attribute } from "../cryptoki.ts";
import { decode } from "../ec-point.ts";
import type { Frame } from "../frame.ts";
import { loadRecovery } from "../recovery.ts";
import { closeSession, createSessionPool, openSession, type SessionPool } from "../session-pool.ts";
import { settle } from "../signature.ts";
import { failed, misconfigured } from "../token-failure.ts";
import { generate, read } from "../token-keys.ts";
import { loadModule, openToken, type OpenToken } from "../token-login.ts";
import { signWith } from "../token-signer.ts";
import { decodeAsk, encodeFinding, found, type CheckAsk, type Finding } from "./finding.ts";
import { stepRuns } from "./runs.ts";
import type { Trial, TrialKey } from "./trial.ts";

export type Bench = { readonly answer: (frame: Frame) => Promise<Uint8Array> };

export function createBench(orders: AgentOrders, told: (pin: string) => void): Bench {
  let trial: Trial | undefined;
  let pool: { readonly of: OpenToken; readonly sessions: SessionPool } | undefined;
  return {
    answer: async (frame) => {
      if (frame.verb === "health") return new Uint8Array();
      if (frame.verb === "check") {
        const ask = decodeAsk(frame.payload);
        trial = { ...(trial ?? createTrial(orders, ask, told)), ask };
        return encodeFinding(await runStep(trial));
      }
      const asked = decodeSign(frame.payload);
      if (trial === undefined || asked === undefined) throw misconfigured(frame.verb, "there is no throw-away key");
      const token = await trial.token();
      const { privateKey } = await trial.key();
      if (pool?.of !== token) pool = { of: token, sessions: createSessionPool(token, orders.sessions) };
      const session = await pool.sessions.take();
      const raw = await signWith(token, session, privateKey, asked.digest);
      pool.sessions.giveBack(session);
      return raw;
    },
  };
}

/** Whatever a check throws is its finding. */
async function runStep(trial: Trial): Promise<Finding> {
  const run = stepRuns[trial.ask.step];
  if (run === undefined) throw misconfigured("checking", `there is no check \`${trial.ask.step}\``);
  try {
    return await run(trial);
  } catch (error) {
    if (error instanceof Error && "code" in error && typeof error.code === "string")
      return found("fail", error.message);
    const { failure, message } = failed("calling the module", error);
    return found("fail", message, failure.code === 0 ? {} : { code: failure.code });
  }
}

function createTrial(orders: AgentOrders, ask: CheckAsk, told: (pin: string) => void): Trial {
  const recovery = loadRecovery();
  let module: Promise<PKCS11> | undefined;
  let token: Promise<OpenToken> | undefined;
  let key: Promise<TrialKey> | undefined;
  const openModule = (): Promise<PKCS11> => (module ??= loadModule(orders.module));
  const open = async (): Promise<OpenToken> =>
    (token ??= openModule().then((loaded) => openToken(loaded, orders, "check", told)));
  const make = async (): Promise<TrialKey> => (key ??= open().then((opened) => makeTrialKey(opened, ask)));
  return {
    ask,
    orders,
    recovery,
    module: openModule,
    token: open,
    key: make,
    inSession: async (act) => {
      const opened = await open();
      const session = openSession(opened);
      try {
        return await act(session, opened);
      } finally {
        closeSession(opened, session);
      }
    },
    signs: async (session, digest) => {
      const { privateKey, public: publicKey } = await make();
      const raw = await signWith(await open(), session, privateKey, digest);
      const { signature, highS } = settle(raw, Uint8Array.from(digest), toBytes(publicKey), recovery.recover);
      return { raw, highS, yParity: signature.yParity };
    },
    forget: () => {
      token = undefined;
      key = undefined;
    },
  };
}

function makeTrialKey(token: OpenToken, { label, lasting }: CheckAsk): TrialKey {
  const pair = generate(token, { origin: "made", id: randomBytes(16), label, lasting });
  const point =
    read(token, pair.publicKey, attribute.CKA_EC_POINT) ?? read(token, pair.privateKey, attribute.CKA_EC_POINT);
  if (point === undefined) throw misconfigured("making a key", "the token shows no public point");
  return { ...pair, point, public: decode(point) };
}
