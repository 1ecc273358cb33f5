/** The token agent: answers the few verbs of its mode over one authenticated pipe, and ends with it. */
import { createHmac, createSecretKey } from "node:crypto";
import type { Duplex } from "node:stream";
import type { PKCS11 } from "pkcs11js";
import type { Bench } from "./check/bench.ts";
import { decodeInitAsk, decodeSign, encodeJson, type AgentHealth } from "./agent-message.ts";
import { parseOrders, verbsOf, type AgentMode, type AgentOrders } from "./agent-orders.ts";
import { keygen, prove } from "./ceremony-verbs.ts";
import { createSplitter, createWriter, encode, keyBytes, keyInStart, open, type Frame, type Verb } from "./frame.ts";
import { numberedKeys } from "./token-config.ts";
import { initSoftToken } from "./token-init.ts";
import { failed, misconfigured, type Failure } from "./token-failure.ts";
import { inventory } from "./token-keys.ts";
import { descriptionOf, loadModule, openToken, type OpenToken } from "./token-login.ts";
import { createTokenSigner, type TokenSigner } from "./token-signer.ts";

/** Exit codes of sysexits.h: what a supervisor can tell apart without reading. */
export const exitCodes = { ended: 0, protocol: 70, unavailable: 75, configuration: 78 } as const;

type Opened = {
  readonly module?: PKCS11;
  readonly token?: OpenToken;
  readonly signer?: TokenSigner;
  /** In an agent that checks, or takes a key off a token: it loads and opens step by step, when it is asked. */
  readonly bench?: Bench;
};

/** Runs until the pipe closes; the promise is the exit code. Frames that the gate would not send end it at once. */
export function runAgent(pipe: Duplex, mode: AgentMode): Promise<number> {
  return new Promise((resolve) => {
    const split = createSplitter();
    let conversation: Conversation | undefined;
    pipe.on("close", () => {
      resolve(exitCodes.ended);
    });
    pipe.on("error", () => {
      resolve(exitCodes.ended);
    });
    pipe.on("data", (chunk: Uint8Array) => {
      try {
        for (const body of split(chunk)) {
          if (conversation === undefined) conversation = begin(pipe, mode, body, resolve);
          else conversation(body);
        }
      } catch {
        resolve(exitCodes.protocol);
      }
    });
  });
}

type Conversation = (body: Uint8Array) => void;

function begin(pipe: Duplex, mode: AgentMode, body: Uint8Array, end: (code: number) => void): Conversation {
  const key = createSecretKey(keyInStart(body));
  const start = open(body, key, "to-agent");
  if (start.verb !== "start") throw misconfigured("starting", "the first frame is not `start`");
  const orders = parseOrders(start.payload.subarray(keyBytes));
  const write = createWriter(pipe);
  const say = (verb: Verb, id: number, payload: Uint8Array): void => {
    write(encode({ verb, id, payload }, key, "from-agent"));
  };
  const opened = openAll(orders, mode, (pin) => {
    if (!orders.pinMark) return;
    say(
      "pinMark",
      0,
      encodeJson({ length: Buffer.byteLength(pin), mark: createHmac("sha256", key).update(pin).digest("hex") }),
    );
  });
  opened.then(
    ({ token, module, signer }) => {
      say(
        "ready",
        0,
        encodeJson({
          token: token?.label ?? "",
          serial: token?.serial ?? "",
          module: module === undefined ? "" : descriptionOf(module),
          keys: signer === undefined ? 0 : orders.keys.length,
        }),
      );
    },
    (error: unknown) => {
      const { failure } = failed("opening the token", error);
      say("failed", 0, encodeJson(failure));
      pipe.end(() => {
        end(exitCodeOf(failure));
      });
    },
  );
  let last = 0;
  return (bytes) => {
    const frame = open(bytes, key, "to-agent");
    // Numbers only rise, so that no frame counts twice.
    if (frame.id <= last || !verbsOf[mode].includes(frame.verb))
      throw misconfigured("listening", "a frame that this agent does not answer");
    last = frame.id;
    opened
      .then((ready) => answer(frame, ready, orders))
      .then(
        (payload) => {
          say("done", frame.id, payload);
        },
        (error: unknown) => {
          say("failed", frame.id, encodeJson(failed(frame.verb, error).failure));
        },
      );
  };
}

async function openAll(orders: AgentOrders, mode: AgentMode, told: (pin: string) => void): Promise<Opened> {
  // Loaded here alone: an agent that signs has no code that tries things out.
  if (mode === "check") return { bench: (await import("./check/bench.ts")).createBench(orders, told) };
  if (mode === "backup") return { bench: (await import("./wrapping.ts")).createWrapping(orders, told) };
  const module = await loadModule(orders.module);
  if (mode === "init") return { module };
  const token = await openToken(module, orders, mode, told);
  return mode === "sign"
    ? { module, token, signer: createTokenSigner(token, numberedKeys(orders), orders.sessions) }
    : { module, token };
}

async function answer(
  frame: Frame,
  { module, token, signer, bench }: Opened,
  orders: AgentOrders,
): Promise<Uint8Array> {
  if (bench !== undefined) return bench.answer(frame);
  if (frame.verb === "health") return encodeJson(healthOf(token, signer));
  if (frame.verb === "initToken" && module !== undefined)
    return encodeJson({ serial: await initSoftToken(module, orders, decodeInitAsk(frame.payload)) });
  if (token === undefined) throw misconfigured(frame.verb, "no token is open");
  if (frame.verb === "inventory") return encodeJson(inventory(token, numberedKeys(orders)));
  if (frame.verb === "keygen") return keygen(token, frame.payload);
  if (frame.verb === "prove") return prove(token, frame.payload);
  const asked = decodeSign(frame.payload);
  if (signer === undefined || asked === undefined) throw misconfigured(frame.verb, "a digest has 32 bytes");
  return signer.sign(asked.key, asked.digest);
}

/** Asks the token itself: sessions and slots look well long after a token is gone. */
function healthOf(token: OpenToken | undefined, signer: TokenSigner | undefined): AgentHealth {
  if (
    token !== undefined &&
    token.module.C_GetTokenInfo(token.slot).serialNumber.replace(/[\0 ]+$/, "") !== token.serial
  ) {
    throw misconfigured("asking the token", "another token is in its place");
  }
  return signer?.counts() ?? { open: 0, idle: 0, discarded: 0, signed: 0 };
}

function exitCodeOf(failure: Failure): number {
  return failure.class === "config" || failure.class === "fatal-auth" ? exitCodes.configuration : exitCodes.unavailable;
}
