/** People at their command lines, against the real API: asking, answering, stopping, and not believing a service that lies. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Desk } from "../../../src/http/desk.port.ts";
import { statementHash } from "../../../src/statement/envelope.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import type { Json } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import { goldDeployment, goldPolicy, treasury } from "../../place/gold.ts";
import { changedView, requestLies } from "../../place/request-lies.ts";
import { openService, type ServicePlace } from "./service-place.ts";

let place: ServicePlace;

beforeEach(async () => {
  place = await openService();
});

afterEach(async () => {
  await place.close();
});

const mint = ["request", "submit", "--operation", "mint", "--asset", "GLD", "--amount", "100", "--to", treasury];

async function submitted(reference = "DEPOSIT-1", amount = "100 GLD"): Promise<string> {
  const words = mint.map((word) => (word === "100" ? amount : word));
  const { delivered, requestId } = await place.answer("ida", [...words, "--reference", reference, "--yes"]);
  expect(delivered).toBe(true);
  await place.serve.step();
  return String(requestId);
}

const approve = (id: string): string[] => ["request", "approve", id, "--yes"];
const stateOf = async (id: string): Promise<unknown> => {
  const { request } = await place.answer("carla", ["request", "show", id]);
  return (request as { state: string }).state;
};

describe("a mint by command lines", () => {
  it("goes from the issuer over two custodians to a bundle that verifies", async () => {
    const id = await submitted();
    const listed = await place.as("carla", ["request", "list"]);
    expect(listed).toMatchObject({ code: 0, err: [] });
    expect(listed.out).toEqual([expect.stringMatching(new RegExp(`^${id}  pending  mint 100 GLD to 0x`))]);
    const later = await submitted("DEPOSIT-2", "7");
    const newest = await place.as("carla", ["request", "list", "--limit", "1"]);
    expect(newest.out).toEqual([expect.stringMatching(new RegExp(`^${later}  pending  mint 7 GLD`))]);
    await place.as("ida", ["request", "cancel", later, "--reason", "not today", "--yes"]);

    const first = await place.as("carla", approve(id));
    expect(first).toMatchObject({ code: 0, err: [] });
    expect(first.out.join("\n")).toMatch(
      /^you approve:\nmint 100 GLD to [^]*listed as Bank A omnibus[^]*delivered: leaf \d+ of the log/,
    );
    const waiting = await place.as("carla", ["request", "show", id]);
    expect(waiting.out.join("\n")).toMatch(/carla: approve[^]*1 more of custodians/);

    expect((await place.as("chris", approve(id))).code).toBe(0);
    await place.serve.settle();
    expect(await stateOf(id)).toBe("final");
    const ended = (await place.as("ida", ["request", "show", id])).out;
    expect(ended).toContain("state: final: it did what was approved");

    const file = place.at("bundle.json");
    const fetched = await place.answer("ida", ["bundle", "fetch", id, "--out", file]);
    expect(fetched).toMatchObject({ exit: 0, file });
    const { deploymentId } = place.serve.gatePlace.deployment;
    const verified = await place.as("ida", ["bundle", "verify", file, "--genesis", deploymentId]);
    expect(verified).toMatchObject({ code: 0, err: [] });
  });

  it("is the same request when it is submitted again under its id, and refused with another intent", async () => {
    const id = `0x${"1d".repeat(32)}`;
    const words = [...mint, "--reference", "DEPOSIT-7", "--request-id", id, "--yes"];
    expect(await place.answer("ida", words)).toMatchObject({ exit: 0, requestId: id });
    expect(await place.answer("ida", words)).toMatchObject({ exit: 0, requestId: id });
    const other = [...words, "--save", place.at("other.json")].map((word) => (word === "100" ? "101" : word));
    expect(await place.answer("ida", other)).toMatchObject({ exit: 1, delivered: false });
  });

  it("waits for nothing any more when it is refused", async () => {
    const words = [...mint, "--reference", "DEPOSIT-9", "--fee-ceiling", "5 ETH", "--yes"];
    const asked = await place.answer("ida", words);
    await place.serve.step();
    const shown = await place.as("ida", ["request", "show", String(asked["requestId"])]);
    expect(shown.out).toContainEqual(expect.stringMatching(/^state: refused: (?!refused)/));
    expect(shown.out.join("\n")).not.toMatch(/^ *waits|refused: refused/m);
  });

  it.each([
    [["--state", "bogus"], /^countersign: --state: `bogus` is none of submitted, pending, /],
    [["--limit", "0"], /^countersign: --limit: `0` is not from 1 to 500$/],
    [["--limit", "501"], /^countersign: --limit: `501` is not from 1 to 500$/],
  ])("is not listed with %j: that is a slip of the command line", async (args, words) => {
    const told = await place.as("ida", ["request", "list", ...args]);
    expect(told).toMatchObject({ code: 2, out: [] });
    expect(told.err[0]).toMatch(words);
  });

  it("is taken back by whoever asked", async () => {
    const id = await submitted();
    const cancelled = await place.answer("ida", ["request", "cancel", id, "--reason", "a typing error", "--yes"]);
    expect(cancelled).toMatchObject({ exit: 0, delivered: true });
    await place.serve.settle();
    expect(await stateOf(id)).toBe("cancelled");
  });

  it.each([
    ["0x10", /--amount/],
    ["1e3", /--amount/],
    ["+1", /--amount/],
    ["0.0000000000000000001", /--amount/],
    ["100 SLV", /--amount/],
    ["", /amount/],
  ])("is not asked for with the amount `%s`", async (amount, words) => {
    const args = mint.map((word) => (word === "100" ? amount : word));
    const answer = await place.as("ida", [...args, "--reference", "D-1", "--yes"]);
    expect(answer).toMatchObject({ code: 2, out: [] });
    expect(answer.err[0]).toMatch(words);
  });
});

describe("whoever signs", () => {
  it("is asked first, sees the words, and signs nothing but for a yes", async () => {
    const id = await submitted();
    const before = (await place.serve.gatePlace.gate.answer({ verb: "head" })) as { size: number };
    for (const answer of ["no", "", "y"]) {
      const said = await place.as("carla", ["request", "approve", id], { answer });
      expect(said.code).toBe(1);
      expect(said.out.join("\n")).toContain("mint 100 GLD");
      expect(said.err).toEqual(["countersign: nothing was signed"]);
    }
    const alone = await place.as("carla", ["request", "approve", id]);
    expect(alone.code).toBe(2);
    expect(alone.err[0]).toMatch(/no terminal to ask at/);
    expect(await place.serve.gatePlace.gate.answer({ verb: "head" })).toMatchObject({ size: before.size });
    expect((await place.as("carla", ["request", "approve", id], { answer: "yes" })).code).toBe(0);
  });

  it("gives a reason for a rejection", async () => {
    const id = await submitted();
    expect((await place.as("carla", ["request", "reject", id, "--yes"])).err[0]).toMatch(/--reason TEXT is missing/);
  });
});

describe("a service that lies", () => {
  it.each(requestLies.map((one) => [one.name, one] as const))(
    "gets no signature for %s",
    async (_, { about, lie, why }) => {
      const id = await submitted();
      const posts: unknown[] = [];
      const { desk } = place.serve;
      const untruth = await lie({ serve: place.serve, id: id as Bytes32 });
      place.lie = { ...untruth, post: (...said) => desk.post(...(posts.push(said[0]), said)) };
      const looking = { decision: ["request", "show", id], reserves: ["asset", "show", "GLD"] };
      const signing = [
        ["request", "approve", id, "--yes"],
        ["request", "reject", id, "--reason", "no", "--yes"],
        ["request", "veto", id, "--reason", "no", "--yes"],
        ["request", "show", id],
        ["request", "approve", "--batch", place.at("ids"), "--yes"],
      ];
      writeFileSync(place.at("ids"), id);
      for (const words of about === "request" || about === "documents" ? signing : [looking[about]]) {
        const told = await place.as("carla", words);
        expect({ words, code: told.code, out: told.out }).toEqual({ words, code: 1, out: [] });
        expect(told.err[0]).toMatch(/nothing is signed/);
        expect(told.err[0]).toMatch(why);
      }
      expect(posts).toEqual([]);
      place.lie = {};
      expect((await place.as("carla", approve(id))).code).toBe(0);
    },
  );

  it("is believed in nothing of what people said that they did not sign", async () => {
    const id = await submitted();
    await place.as("carla", approve(id));
    place.lie = await changedView({ serve: place.serve, id: id as Bytes32 }, ({ votes }) => ({
      votes: [...votes, { ...votes[0]!, person: "chris" }],
    }));
    const { out } = await place.as("cyril", ["request", "show", id]);
    expect(out.filter((line) => line.startsWith("  c"))).toEqual([
      expect.stringMatching(/^ {2}carla: approve, [^(]*$/),
      expect.stringMatching(/^ {2}chris: approve, .* \(the service says so and shows no signature of it\)$/),
    ]);
  });

  it("gives a bundle of another request, or one that is altered, and is not believed", async () => {
    const ids = [await submitted("DEPOSIT-1"), await submitted("DEPOSIT-2", "7")] as const;
    for (const id of ids) for (const who of ["carla", "chris"] as const) await place.as(who, approve(id));
    await place.serve.settle();
    const { desk } = place.serve;
    const altered = async (): ReturnType<Desk["bundle"]> => {
      const found = await desk.bundle(ids[0] as Bytes32);
      if (found.kind === "absent") throw new Error("there is a bundle");
      return { kind: "found", value: JSON.parse(JSON.stringify(found.value).replaceAll("100 GLD", "900 GLD")) as Json };
    };
    const lies = [
      ["another", () => desk.bundle(ids[1] as Bytes32), /it is of another request/],
      ["altered", altered, /no bundle to rely on/],
    ] as const;
    for (const [name, bundle, why] of lies) {
      place.lie = { bundle };
      for (const more of [[], ["--unsigned"]]) {
        const file = place.at(`${name}${more.length}.json`);
        const told = await place.as("carla", ["bundle", "fetch", ids[0], "--out", file, ...more]);
        expect({ name, more, code: told.code }).toEqual({ name, more, code: 1 });
        expect(told.out.join()).toMatch(why);
      }
    }
  });

  it("gets no signature for one request when another was meant, however true that other is", async () => {
    const [meant, shown] = [await submitted("DEPOSIT-1", "1 GLD"), await submitted("DEPOSIT-2", "900 GLD")];
    const { desk } = place.serve;
    place.lie = { request: () => desk.request(shown as Bytes32) };
    const told = await place.as("carla", approve(meant));
    expect(told.code).toBe(1);
    expect(told.err[0]).toMatch(/shows another request/);
  });

  it("does not make an amount another by other decimals", async () => {
    const { desk } = place.serve;
    const document = toWire(goldPolicy({ token: { ...goldPolicy().token, decimals: 20 } }));
    place.lie = { policies: async () => (await desk.policies()).map((one) => ({ ...one, document })) };
    const told = await place.as("ida", [...mint, "--reference", "DEPOSIT-1", "--yes"]);
    expect(told).toMatchObject({ code: 1, out: [] });
    expect(told.err[0]).toMatch(/nothing is signed: the policy of GLD does not hash to/);
  });

  it("cannot hide a rejection: it is not called delivered, and goes to the gate by hand", async () => {
    const { desk, gatePlace } = place.serve;
    const stolen = {
      signature: `0x${"00".repeat(64)}` as const,
      leafIndex: 7,
      instant: (await desk.requests({ limit: 1 }))[0]?.createdAt ?? (gatePlace.now as never),
      epoch: 1,
    };
    const drops: readonly (readonly [string, Desk["post"]])[] = [
      [
        "a receipt of its own making",
        (statement) =>
          Promise.resolve({
            kind: "receipt",
            repeated: false,
            receipt: {
              ...stolen,
              deployment: gatePlace.deployment.deploymentId,
              statementHash: statementHash(statement),
            },
          }),
      ],
      [
        "a refusal that the gate never made",
        () => Promise.resolve({ kind: "refused", code: "approval.no-seat", message: "you have no seat", field: "" }),
      ],
      [
        "a receipt for something else",
        async () => {
          const answer = await gatePlace.admit(firstSaid);
          if (answer.kind !== "admitted") throw new Error("it was admitted before");
          return { kind: "receipt", receipt: answer.receipt, repeated: false };
        },
      ],
    ];
    const firstSaid = await gatePlace.gate.answer({ verb: "entries", from: 1, limit: 1 }).then((answer) => {
      if (answer.kind !== "entries") throw new Error("no entries");
      return (JSON.parse(answer.leaves[0]!.leaf) as { statement: Parameters<typeof gatePlace.admit>[0] }).statement;
    });
    for (const [index, [what, post]] of drops.entries()) {
      const id = await submitted(`DEPOSIT-${index}`);
      for (const who of ["carla", "chris"] as const) expect((await place.as(who, approve(id))).code).toBe(0);
      place.lie = { post };
      const file = place.at(`rejection-${index}.json`);
      const dropped = await place.as("cora", [
        "request",
        "reject",
        id,
        "--reason",
        "the receipt is forged",
        "--yes",
        "--save",
        file,
      ]);
      expect({ what, code: dropped.code, err: dropped.err }).toEqual({ what, code: 1, err: [] });
      expect(dropped.out).toContain("not delivered");
      expect(dropped.out.join("\n")).not.toMatch(/^delivered/m);
      const hand = dropped.out.at(-1)!.trim().split(" ");
      expect(hand.slice(0, 4)).toEqual(["countersign", "gate", "object", file]);

      const handed = await place.as(
        "cora",
        hand.slice(1).map((word) => (word === "PATH" ? place.socket : word)),
      );
      expect({ what, ...handed }).toMatchObject({ code: 0, err: [] });
      expect(handed.out[0]).toMatch(/^delivered: leaf \d+ of the log/);
      place.lie = {};
      await place.serve.settle();
      expect(await stateOf(id)).toBe("rejected");
    }
  });

  it("that is away leaves the signed statement in a file", async () => {
    const file = place.at("freeze.json");
    const away = {
      env: {
        COUNTERSIGN_API: "http://127.0.0.1:1",
        COUNTERSIGN_CREDENTIAL: place.at("cora.json"),
        COUNTERSIGN_GENESIS: place.genesis,
      },
    };
    const words = [
      "freeze",
      "--scope",
      "asset",
      "--target",
      "GLD",
      "--reason",
      "the service is gone",
      "--yes",
      "--save",
      file,
    ];
    const told = await place.as("cora", words, away);
    expect(told.code).toBe(1);
    expect(told.out).toContain("not delivered");
    expect((await place.answer("cora", ["gate", "object", file]))["delivered"]).toBe(true);
    expect((await place.as("cora", ["doctor"])).out.join("\n")).toMatch(
      /freeze: asset GLD is frozen by cora: the service is gone/,
    );
  });

  it("shows a request of a list untruly, and the list says so", async () => {
    await submitted();
    const { desk } = place.serve;
    place.lie = {
      requests: async (filter) => (await desk.requests(filter)).map((view) => ({ ...view, words: "pause GLD" })),
    };
    const told = await place.as("carla", ["request", "list"]);
    expect(told.code).toBe(1);
    expect(told.out[0]).toMatch(/not as the service shows it/);
  });
});

describe("gate object", () => {
  it("says what the gate refuses, with exit code 1", async () => {
    const id = await submitted();
    place.lie = { post: () => Promise.resolve({ kind: "refused", code: "x.y", message: "no", field: "" }) };
    const file = place.at("own.json");
    await place.as("ida", [...approve(id), "--save", file]);
    const told = await place.answer("ida", ["gate", "object", file]);
    expect(told).toMatchObject({ code: "approval.initiator", delivered: false });
  });

  it("takes a bare statement too, and no gate is an environment without one", async () => {
    const id = await submitted();
    place.lie = { post: () => Promise.resolve({ kind: "refused", code: "x.y", message: "no", field: "" }) };
    const file = place.at("parcel.json");
    await place.as("chris", [...approve(id), "--save", file]);
    const { statement } = JSON.parse(readFileSync(file, "utf8")) as { statement: unknown };
    writeFileSync(place.at("bare.json"), JSON.stringify(statement));
    const nowhere = await place.as("chris", ["gate", "object", place.at("bare.json"), "--socket", place.at("no.sock")]);
    expect(nowhere.code).toBe(2);
    expect((await place.answer("chris", ["gate", "object", place.at("bare.json")]))["delivered"]).toBe(true);
    writeFileSync(place.at("junk.json"), "{}");
    expect((await place.as("chris", ["gate", "object", place.at("junk.json")])).code).toBe(2);
  });

  it("never takes the place of another file: what was signed is kept beside it", async () => {
    const id = await submitted();
    place.lie = { post: () => Promise.resolve({ kind: "refused", code: "x.y", message: "no", field: "" }) };
    const file = place.at("taken.json");
    writeFileSync(file, "mine");
    const told = await place.answer("chris", [...approve(id), "--save", file]);
    expect(told).toMatchObject({ exit: 1, delivered: false });
    expect(readFileSync(file, "utf8")).toBe("mine");
    expect(told["file"]).not.toBe(file);
    rmSync(String(told["file"]));
  });

  it("is not fooled by a gate of another deployment", async () => {
    const id = await submitted();
    const file = place.at("other.json");
    place.lie = { post: () => Promise.resolve({ kind: "refused", code: "x.y", message: "no", field: "" }) };
    await place.as("chris", [...approve(id), "--save", file]);
    const foreign = goldDeployment({ overrides: { salt: `0x${"12".repeat(32)}` } });
    writeFileSync(place.at("foreign.json"), JSON.stringify(foreign.file));
    const told = await place.as("chris", ["gate", "object", file, "--genesis", place.at("foreign.json")]);
    expect(told).toMatchObject({ code: 1, out: ["not delivered", "the receipt is of another deployment"] });
  });
});

describe("a freeze", () => {
  it("is one person's word, and lifted by the quorum that names it", async () => {
    const words = ["--scope", "asset", "--target", "GLD"];
    const frozen = await place.answer("chris", ["freeze", ...words, "--reason", "something is off", "--yes"]);
    expect(frozen).toMatchObject({ exit: 0, delivered: true });
    const freezeId = String(frozen["freezeId"]);
    const isFrozen = async (): Promise<boolean> =>
      (await place.as("otto", ["doctor"])).out.join().includes("is frozen by chris");
    expect(await isFrozen()).toBe(true);
    const shown = async (): Promise<string> => (await place.as("otto", ["asset", "show", "GLD"])).out.join("\n");
    expect(await shown()).toContain(`\nfrozen by chris: something is off (freeze ${freezeId})`);
    const lift = ["unfreeze", ...words, "--freeze-id", freezeId, "--yes"];
    expect((await place.as("otto", lift)).code).toBe(0);
    expect(await isFrozen()).toBe(true);
    const second = await place.as("olga", lift);
    expect(second).toMatchObject({ code: 0, err: [] });
    expect(await isFrozen()).toBe(false);
    expect(await shown()).not.toMatch(/frozen/);
  });

  it("of a key or of everything is shown with every asset that it stops", async () => {
    for (const words of [
      ["--scope", "key", "--target", "hsm-mint"],
      ["--scope", "deployment"],
    ])
      expect((await place.as("cora", ["freeze", ...words, "--reason", "lost", "--yes"])).code).toBe(0);
    expect((await place.as("otto", ["asset", "show", "GLD"])).out.slice(-2)).toEqual([
      expect.stringMatching(/^key hsm-mint is frozen by cora: lost \(freeze 0x[0-9a-f]{64}\)$/),
      expect.stringMatching(/^everything is frozen by cora: lost \(freeze 0x[0-9a-f]{64}\)$/),
    ]);
  });

  it("is about something that there is", async () => {
    const told = await place.answer("chris", [
      "freeze",
      "--scope",
      "asset",
      "--target",
      "SLV",
      "--reason",
      "x",
      "--yes",
      "--save",
      place.at("f.json"),
    ]);
    expect(told).toMatchObject({ delivered: false, code: "freeze.unknown-target" });
    expect((await place.as("chris", ["freeze", "--scope", "key", "--reason", "x", "--yes"])).err[0]).toMatch(
      /--target is missing/,
    );
    expect((await place.as("chris", ["freeze", "--scope", "all", "--reason", "x", "--yes"])).code).toBe(2);
  });
});

describe("evidence", () => {
  it("is attested by the attestor, and shown", async () => {
    writeFileSync(place.at("report.pdf"), "a report");
    const words = [
      "attest",
      "reserve",
      "--asset",
      "GLD",
      "--reserves",
      "12000 GLD",
      "--supply",
      "0",
      "--supply-block",
      "10",
    ];
    const attested = await place.answer("vault-auditor", [
      ...words,
      "--report",
      place.at("report.pdf"),
      "--unit",
      "troy ounce",
      "--yes",
    ]);
    expect(attested).toMatchObject({ exit: 0, delivered: true });
    await place.serve.step();
    const shown = await place.as("carla", ["asset", "show", "GLD"]);
    expect(shown).toMatchObject({ code: 0, err: [] });
    expect(shown.out.join("\n")).toMatch(
      /attested by vault-auditor: 12,000 GLD[^]*reserves 12,000 GLD × 1.00 allow 12,000 GLD, and nobody saw the supply[^]*\nno room to mint: evidence is missing\nband: unknown\n/,
    );
  });
});

describe("the log", () => {
  it("is checked leaf by leaf, exported, and found to go on where the export ended", async () => {
    await submitted();
    const file = place.at("log.json");
    const exported = await place.answer("carla", ["log", "export", "--out", file]);
    expect(exported).toMatchObject({ exit: 0 });
    await submitted("DEPOSIT-2");
    const verified = await place.answer("carla", ["log", "verify", "--since", file]);
    expect(verified).toMatchObject({ exit: 0, ok: true, since: exported["size"], kinds: { genesis: 1 } });
    expect(Number(verified["size"])).toBeGreaterThan(Number(exported["size"]));
  });

  it("with one leaf that is another is not the log that was signed", async () => {
    await submitted();
    const { desk } = place.serve;
    type Page = {
      readonly size: number;
      readonly leaves: readonly { readonly index: number; readonly leaf: string }[];
    };
    const altered = (how: (leaf: string) => string): Partial<Desk> => ({
      entries: async (from, limit) => {
        const { size, leaves } = (await desk.entries(from, limit)) as unknown as Page;
        return { size, leaves: leaves.map(({ index, leaf }) => ({ index, leaf: index === 1 ? how(leaf) : leaf })) };
      },
    });
    place.lie = altered((leaf) => leaf.replace(/"epoch":\d/, '"epoch":9'));
    const told = await place.as("carla", ["log", "verify"]);
    expect(told.code).toBe(1);
    expect(told.err[0]).toMatch(/not those that the log key signed/);
    place.lie = {
      entries: async (from, limit) => {
        const page = (await desk.entries(from, limit)) as unknown as Page;
        return { ...page, leaves: page.leaves.filter(({ index }) => index !== 1) };
      },
    };
    expect((await place.as("carla", ["log", "verify"])).code).toBe(2);
    place.lie = { checkpoint: async () => (await desk.checkpoint()).replace(/\n\d+\n/, "\n1\n") };
    expect((await place.as("carla", ["log", "verify"])).code).toBe(1);
  });
});

describe("doctor", () => {
  it("finds machine, gate and service as they must be", async () => {
    const told = await place.answer("carla", ["doctor"]);
    const checks = told["checks"] as readonly { what: string; kind: string; said: string }[];
    expect(checks.filter(({ kind }) => kind === "wrong")).toEqual([]);
    expect(checks.map(({ what }) => what)).toEqual(
      expect.arrayContaining(["Node", "SoftHSM", "genesis", "gate", "service"]),
    );
  });

  it("says what does not answer, and goes on", async () => {
    const env = { COUNTERSIGN_API: "http://127.0.0.1:1", COUNTERSIGN_SOCKET: place.at("no.sock") };
    const told = await place.as("carla", ["doctor"], { env });
    expect(told).toMatchObject({ code: 1, err: [] });
    expect(told.out.filter((line) => line.startsWith("wrong")).length).toBe(2);
  });
});
