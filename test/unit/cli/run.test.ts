/** Dispatch, help and exit codes, over the real table and over commands that end in every way. */
import { describe, expect, it } from "vitest";
import type { Command, Run } from "../../../src/cli/command.ts";
import { commands } from "../../../src/cli/commands.ts";
import { no, Refused, yes } from "../../../src/cli/outcome.ts";
import { run } from "../../../src/cli/run.ts";
import { Fault, InvalidValue } from "../../../src/values/errors.ts";
import { countersign, terminalIo, type Setting } from "./terminal.ts";

const ending = (words: string, end: Run): Command => ({
  words,
  operands: [],
  about: "ends",
  options: [],
  load: () => Promise.resolve(end),
});
const throwing = (words: string, error: Error): Command => ending(words, () => Promise.reject(error));
const few: readonly Command[] = [
  ending("good", () => Promise.resolve(yes(["all is well"], { ok: true }))),
  ending("bad", () => Promise.resolve(no(["it is not"], { ok: false }))),
  throwing("refused", new Refused("gate.frozen", "everything is frozen", "asset")),
  throwing("invalid", new InvalidValue("value.amount", "`0x10` is not a number", "amount")),
  throwing("untrue", new InvalidValue("client.untrue", "nothing is signed", "words")),
  throwing("away", new Fault("client.unreachable", "it cannot be reached", "safe")),
  throwing("bug", new TypeError("x is undefined")),
  throwing(
    "lacking",
    Object.assign(new Error("Cannot find package 'pkcs11js' imported from somewhere"), {
      code: "ERR_MODULE_NOT_FOUND",
    }),
  ),
  { ...ending("old", () => Promise.resolve(yes(["old"], {}))), oldNode: true },
];

async function ran(args: readonly string[], setting: Setting = {}) {
  const { io, out, err } = terminalIo(setting);
  return { code: await run(few, args, io), out, err };
}

describe("a command", () => {
  it("writes its lines, or its JSON on one line, and nothing to standard error when all is well", async () => {
    expect(await ran(["good"])).toEqual({ code: 0, out: ["all is well"], err: [] });
    expect(await ran(["good", "--json"])).toEqual({ code: 0, out: ['{"ok":true}'], err: [] });
  });

  it("answers no with exit code 1", async () => {
    expect(await ran(["bad"])).toEqual({ code: 1, out: ["it is not"], err: [] });
  });

  it.each([
    ["refused", 1, "everything is frozen", "gate.frozen", "asset"],
    ["untrue", 1, "nothing is signed", "client.untrue", "words"],
    ["invalid", 2, "`0x10` is not a number", "value.amount", "amount"],
    ["away", 2, "it cannot be reached", "client.unreachable", ""],
    ["bug", 2, "an error that nobody expected: x is undefined", "cli.unexpected", ""],
    ["lacking", 2, "the package `pkcs11js` is not installed here, and this command needs it", "cli.unexpected", ""],
  ])("that ends by an error says it in one sentence: %s, exit %i", async (word, code, message, stable, field) => {
    expect(await ran([word])).toEqual({ code, out: [], err: [`countersign: ${message}`] });
    const told = await ran([word, "--json"]);
    expect(told.code).toBe(code);
    expect(JSON.parse(told.out.join(""))).toEqual({ ok: false, code: stable, message, field });
  });

  it("shows its usage when it is not understood", async () => {
    const told = await ran(["good", "--frob"]);
    expect(told).toEqual({
      code: 2,
      out: [],
      err: ["countersign: `--frob` is no option of this command", "usage: countersign good [--json]"],
    });
  });

  it("says which Node it needs, unless it runs on an old one too", async () => {
    for (const nodeVersion of ["20.19.0", "22.17.1"]) {
      const told = await ran(["good"], { nodeVersion });
      expect(told).toEqual({
        code: 2,
        out: [],
        err: [`countersign: \`good\` needs Node 22.18 or later, and this is ${nodeVersion}`],
      });
      expect((await ran(["old"], { nodeVersion })).code).toBe(0);
      expect((await ran(["good", "--help"], { nodeVersion })).code).toBe(0);
      expect((await ran(["--help"], { nodeVersion })).code).toBe(0);
    }
    for (const nodeVersion of ["22.18.0", "24.1.0", "100.0.0"])
      expect((await ran(["good"], { nodeVersion })).code).toBe(0);
  });
});

describe("the help", () => {
  it("names every command", async () => {
    for (const args of [["--help"], ["-h"], ["help"], []]) {
      const { code, out, err } = await countersign(args);
      expect({ code, err }).toEqual({ code: 0, err: [] });
      for (const { words, about } of commands)
        expect(out.join("\n")).toMatch(new RegExp(`${words}.* ${about.slice(0, 20)}`));
    }
  });

  it("says what each command takes, in three ways of asking", async () => {
    for (const { words, options } of commands) {
      const asked = await countersign(["help", ...words.split(" ")]);
      expect({ words, code: asked.code, err: asked.err }).toEqual({ words, code: 0, err: [] });
      const text = asked.out.join("\n");
      for (const { name } of options) expect(text).toContain(`--${name}`);
      expect(await countersign([...words.split(" "), "--help"])).toMatchObject({ code: 0, err: [] });
      expect(await countersign([...words.split(" "), "-h"])).toMatchObject({ code: 0, err: [] });
    }
  });

  it("shows a whole group", async () => {
    const { out } = await countersign(["help", "request"]);
    expect(out.filter((line) => line.startsWith("countersign request")).length).toBe(7);
    expect((await countersign(["request", "--help"])).out).toEqual(out);
  });

  it("is not given for what there is not", async () => {
    expect(await countersign(["frob"])).toEqual({
      code: 2,
      out: [],
      err: ["countersign: `frob` is no command", "usage: countersign --help"],
    });
    const { code, err } = await countersign(["genesis", "sing"]);
    expect({ code, err }).toEqual({
      code: 2,
      err: ["countersign: `genesis sing` is no command", "usage: countersign genesis create|sign|check|follow …"],
    });
    expect((await countersign(["help", "frob"])).code).toBe(2);
  });
});

describe("the table", () => {
  it("has each command once, each option once, and a group's word as a command only where that is meant", () => {
    const words = commands.map((command) => command.words);
    expect(new Set(words).size).toBe(words.length);
    for (const { words: of, options } of commands) {
      const names = [...options.map(({ name }) => name), "json", "help"];
      expect({ of, names: [...new Set(names)] }).toEqual({ of, names });
    }
    const heads = new Set(words.filter((one) => one.includes(" ")).map((one) => one.split(" ")[0]));
    expect(words.filter((one) => heads.has(one))).toEqual(["gate", "witness"]);
  });

  it("leads every command to its code", async () => {
    for (const { words, load } of commands)
      expect({ words, kind: typeof (await load()) }).toEqual({ words, kind: "function" });
  });

  it("lets what a stranger needs run on Node 20, and nothing else", () => {
    expect(commands.filter(({ oldNode }) => oldNode === true).map(({ words }) => words)).toEqual([
      "bundle verify",
      "bundle digest",
    ]);
  });
});
