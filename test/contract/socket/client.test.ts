/** The client's end of the socket against gates that are away, slow, or wrong. */
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectGate } from "../../../src/adapters/socket/client.ts";
import type { Gate } from "../../../src/flow/serve/gate.port.ts";
import type { GateRequest } from "../../../src/gate/wire.ts";
import { Fault } from "../../../src/values/errors.ts";
import { fromBigInt } from "../../../src/values/amount.ts";
import { parse as parseHex } from "../../../src/values/hex.ts";
import { called, id } from "../journal/rows.ts";
import { frameOf, gatePlace, head } from "./gate-place.ts";

const place = gatePlace();
let gate: Gate;

beforeEach(() => {
  gate = connectGate(place.path(), { timeoutMs: 1_000 });
});

afterEach(async () => {
  gate.close();
  await place.remove();
});

async function faultOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "no fault",
    (error: unknown) => (error instanceof Fault ? `${error.code} ${error.retry}` : String(error)),
  );
}

const sign = { verb: "sign", requestId: id(1), dryRun: true } as const;
const statement = {
  kind: "Cancellation" as const,
  message: { reason: "no" },
  credential: called("carl-key"),
  proof: { kind: "key", signature: parseHex("0x00") } as const,
};

describe("a call", () => {
  it("carries its arguments there and its answer back, typed", async () => {
    const asked: GateRequest[] = [];
    await place.serve((request) => {
      asked.push(request);
      return Promise.resolve(request.verb === "head" ? head : { kind: "refused", code: "policy.no-rule", why: "no" });
    });
    expect(await gate.head()).toEqual(head);
    const fees = {
      gasLimit: fromBigInt(2n ** 255n),
      maxFeePerGas: fromBigInt(1n),
      maxPriorityFeePerGas: fromBigInt(0n),
    };
    expect(await gate.sign({ verb: "sign", requestId: id(1), fees })).toEqual({
      kind: "refused",
      code: "policy.no-rule",
      why: "no",
    });
    expect(asked[1]).toEqual({ verb: "sign", requestId: id(1), fees });
  });

  it("brings back why a statement is not taken", async () => {
    const problem = { kind: "problem", code: "statement.proof", message: "no", field: "proof" } as const;
    const asked: GateRequest[] = [];
    await place.serve((request) => {
      asked.push(request);
      return Promise.resolve(problem);
    });
    expect(await gate.admit(statement, { a: [1, "2"] })).toEqual(problem);
    expect(asked).toEqual([{ verb: "admit", statement, attachment: { a: [1, "2"] } }]);
    await gate.admit(statement);
    expect(asked[1]).toEqual({ verb: "admit", statement });
  });

  it("is one of a hundred at once, all answered, each with its own", async () => {
    await place.serve(async (request) => {
      await sleep(Math.random() * 20);
      const from = request.verb === "entries" ? request.from : 0;
      return { kind: "entries", size: from, leaves: [] };
    });
    const answers = await Promise.all(Array.from({ length: 100 }, (_, from) => gate.entries(from, 1)));
    expect(answers.map(({ size }) => size)).toEqual(Array.from({ length: 100 }, (_, from) => from));
  });

  it("is a fault when the gate's trouble is its own, and no refusal", async () => {
    let code = "";
    await place.serve(() => Promise.resolve({ kind: "problem", code, message: "why", field: "" }));
    for (const one of ["journal.disk-full", "pkcs11.start", "gate.broken", "gate.closing", "gate.answer-too-long"]) {
      code = one;
      expect(await faultOf(gate.admit(statement))).toBe("gate.unreachable safe");
    }
    code = "gate.busy";
    expect(await faultOf(gate.sign(sign))).toBe("gate.busy safe");
    code = "gate.request";
    expect(await faultOf(gate.head())).toBe("gate.unreachable safe");
    expect(await gate.sign(sign)).toMatchObject({ kind: "problem", code: "gate.request" });
  });

  it("that is answered with something else than its verb asks for is a fault", async () => {
    await place.serve(() => Promise.resolve(head));
    expect(await faultOf(gate.health())).toBe("gate.unreachable safe");
    expect(await faultOf(gate.admit(statement))).toBe("gate.unreachable safe");
    expect(await gate.head()).toEqual(head);
  });
});

describe("a gate", () => {
  it("that is not there is a fault at once, and is found when it comes", async () => {
    expect(await faultOf(gate.head())).toBe("gate.unreachable safe");
    await place.serve();
    expect(await gate.head()).toEqual(head);
  });

  it("that dies is a fault of every call under way, and is found again when it is back", async () => {
    const dying = createServer((socket) => {
      socket.once("data", () => socket.destroy());
    });
    dying.listen(place.path());
    await once(dying, "listening");
    const lost = [gate.head(), gate.sign(sign), gate.entries(0, 1)].map(faultOf);
    expect(new Set(await Promise.all(lost))).toEqual(new Set(["gate.unreachable safe"]));
    dying.close();
    await once(dying, "close");
    await place.serve();
    expect(await gate.head()).toEqual(head);
  });

  it("that goes away and comes back is the same to its client", async () => {
    const first = await place.serve();
    expect(await gate.head()).toEqual(head);
    await first.close();
    expect(await faultOf(gate.head())).toBe("gate.unreachable safe");
    await place.serve();
    expect(await gate.head()).toEqual(head);
  });

  it("that is silent is a fault in time, and its late answer disturbs nobody", async () => {
    let slow = 1_300;
    await place.serve(async () => {
      await sleep(slow);
      return { ...head, size: slow };
    });
    expect(await faultOf(gate.head())).toBe("gate.unreachable safe");
    slow = 500;
    expect((await gate.head()).size).toBe(500);
  });

  it("that says what no gate says is left", async () => {
    const sockets: Socket[] = [];
    const texts = ["{", `{"id":1,"id":1,"body":{}}`, `{"id":1}x`];
    const wrong = createServer((socket) => {
      sockets.push(socket);
      socket.once("data", () => socket.write(frameOf(texts.shift() ?? "")));
    });
    wrong.listen(place.path());
    await once(wrong, "listening");
    for (let round = texts.length; round > 0; round -= 1)
      expect(await faultOf(gate.head())).toBe("gate.unreachable safe");
    for (const socket of sockets) socket.destroy();
    wrong.close();
  });
});

describe("a client", () => {
  it("waits with more calls than the gate takes, but not with any number", async () => {
    await place.serve(() => new Promise(() => undefined), { patienceMs: 100 });
    const heard: string[] = [];
    const calls = Array.from({ length: 1_100 }, async () => heard.push(await faultOf(gate.head())));
    await turn();
    // Told at once; the others wait, until their time is over.
    expect(heard).toEqual(Array.from({ length: 1_100 - 1_032 }, () => "gate.busy safe"));
    await Promise.all(calls);
    expect(heard).toHaveLength(1_100);
    expect(heard).toContain("gate.unreachable safe");
  });

  it("that was closed calls nobody", async () => {
    await place.serve();
    gate.close();
    expect(await faultOf(gate.head())).toBe("gate.unreachable safe");
  });

  it("sends nothing that no frame holds", async () => {
    await place.serve();
    expect(await faultOf(gate.admit(statement, "x".repeat(4 * 1024 * 1024)))).toBe("gate.unreachable never");
  });
});
