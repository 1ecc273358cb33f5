/** The gate as serve and the CLI reach it: one connection that comes back by itself, every call answered or at fault in time. */
import { z } from "zod";
import type { Gate } from "../../flow/serve/gate.port.ts";
import {
  admittedSchema,
  entriesSchema,
  headSchema,
  healthSchema,
  problemSchema,
  signAnswerSchema,
  witnessedSchema,
  type GateRequest,
  type Problem,
} from "../../gate/wire.ts";
import { Fault } from "../../values/errors.ts";
import { Line } from "./line.ts";

export type ConnectSettings = {
  /** How long one call may take, its turn in the queue included. */
  readonly timeoutMs?: number;
};

const admitAnswer = z.union([admittedSchema, problemSchema]);
const witnessedAnswer = z.union([witnessedSchema, problemSchema]);
const signAnswer = z.union([signAnswerSchema, problemSchema]);
const entriesAnswer = z.union([entriesSchema, problemSchema]);
const headAnswer = z.union([headSchema, problemSchema]);
const healthAnswer = z.union([healthSchema, problemSchema]);

/** Connects at the first call and anew after the connection was lost; a gate that is not there is a Fault of each call. */
export function connectGate(path: string, { timeoutMs = 30_000 }: ConnectSettings = {}): Gate {
  const line = new Line(path, timeoutMs);
  const ask = async <T extends { readonly kind: string }>(request: GateRequest, schema: z.ZodType<T>): Promise<T> => {
    const read = schema.safeParse(await line.call(request));
    if (!read.success) throw new Fault("gate.unreachable", "the gate's answer is not understood", "safe", read.error);
    const failed = faultOf(read.data);
    if (failed !== undefined) throw failed;
    return read.data;
  };
  return {
    admit: (statement, attachment) =>
      ask(
        attachment === undefined
          ? { verb: "admit", statement }
          : { verb: "admit", statement, attachment: z.json().parse(attachment) },
        admitAnswer,
      ),
    witnessed: (checkpoint) => ask({ verb: "admit", checkpoint }, witnessedAnswer),
    sign: (request) => ask(request, signAnswer),
    entries: async (from, limit) => sure(await ask({ verb: "entries", from, limit }, entriesAnswer)),
    head: async () => sure(await ask({ verb: "head" }, headAnswer)),
    health: async () => sure(await ask({ verb: "health" }, healthAnswer)),
    close: () => {
      line.close();
    },
  };
}

/** Stages whose trouble is the gate's own, not the caller's: trying again may help, and nothing was refused. */
const ownTrouble = /^(?:journal|pkcs11)\.|^gate\.(?:broken|closing|answer-too-long)$/;

function faultOf(answer: { readonly kind: string }): Fault | undefined {
  if (!isProblem(answer)) return undefined;
  if (answer.code === "gate.busy") return new Fault("gate.busy", answer.message, "safe");
  if (!ownTrouble.test(answer.code)) return undefined;
  return new Fault("gate.unreachable", `the gate could not answer (${answer.code}): ${answer.message}`, "safe");
}

/** For verbs that cannot be refused: a problem is no answer. */
function sure<T extends { readonly kind: string }>(answer: T | Problem): T {
  if (isProblem(answer)) throw new Fault("gate.unreachable", `the gate did not answer: ${answer.message}`, "safe");
  return answer;
}

function isProblem(answer: { readonly kind: string }): answer is Problem {
  return answer.kind === "problem";
}
