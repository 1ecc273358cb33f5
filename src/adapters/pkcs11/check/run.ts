/** `hsm check` from outside: asks an agent for one check after the other, and survives whatever the module does to the agent. */
import { randomBytes } from "node:crypto";
import { Fault } from "../../../values/errors.ts";
import { parse as parseHex, toBytes } from "../../../values/hex.ts";
import { encodeSign } from "../agent-message.ts";
import { startAgent, type Agent } from "../agent-process.ts";
import { checkModuleFile } from "../module-file.ts";
import { loadRecovery } from "../recovery.ts";
import { settle } from "../signature.ts";
import type { TokenConfig } from "../token-config.ts";
import { failed } from "../token-failure.ts";
import { decodeFinding, encodeAsk, found, type CheckAsk, type Finding } from "./finding.ts";
import { plan, type Step } from "./plan.ts";
import { digestNumber } from "./signing-steps.ts";

export type CheckSettings = {
  /** Of the long row. */
  readonly signatures: number;
  readonly lasting: boolean;
  /** A check that takes longer counts as hung, and its process is killed. */
  readonly deadlineMs: number;
  /** How long the token is left alone, when that is to be checked. */
  readonly idleMs: number | undefined;
};

export type Line = Finding & { readonly name: string; readonly title: string };

export type CheckReport = {
  /** Nothing failed. */
  readonly ok: boolean;
  readonly lines: readonly Line[];
};

type Conversation = {
  readonly ask: (step: string) => Promise<Finding>;
  readonly agent: () => Promise<Agent>;
  readonly end: () => Promise<void>;
};

/** Resolves with a finding for every check of the plan, in its order; never signs with a configured key. */
export async function checkToken(config: TokenConfig, settings: CheckSettings): Promise<CheckReport> {
  const conversation = converse(config, settings);
  const lines: Line[] = [];
  try {
    for (const step of plan) {
      const finding = await make(step, lines, { config, settings, conversation });
      lines.push({ name: step.name, title: step.title, ...finding });
    }
  } finally {
    await conversation.end();
  }
  return { ok: lines.every(({ verdict }) => verdict !== "fail"), lines };
}

type Around = { readonly config: TokenConfig; readonly settings: CheckSettings; readonly conversation: Conversation };

async function make(step: Step, before: readonly Line[], around: Around): Promise<Finding> {
  const { config, settings, conversation } = around;
  const lacking = step.needs.find((name) => before.some((line) => line.name === name && isLacking(line)));
  if (lacking !== undefined) return found("skip", `it needs \`${lacking}\``);
  switch (step.name) {
    case "file":
      return checkFile(config);
    case "killed":
      return killed(conversation);
    case "idle":
      if (settings.idleMs === undefined) return found("skip", "not asked for (--idle)");
      await new Promise((resolve) => setTimeout(resolve, settings.idleMs));
      return conversation.ask(step.name);
    case "rate":
      return rate(config, conversation);
    default:
      return conversation.ask(step.name);
  }
}

const isLacking = ({ verdict }: Line): boolean => verdict === "fail" || verdict === "skip";

function checkFile({ module }: TokenConfig): Finding {
  try {
    return found("pass", checkModuleFile(module));
  } catch (error) {
    if (error instanceof Fault) return found("fail", error.message);
    throw error;
  }
}

/** One agent at a time; a dead one is followed by another at the next question. */
function converse(config: TokenConfig, settings: CheckSettings): Conversation {
  const label = `countersign-check/${randomBytes(6).toString("hex")}`;
  let agent: Agent | undefined;
  const take = async (): Promise<Agent> => {
    if (agent !== undefined) return agent;
    const started = startAgent(config, "check");
    void started.gone.then(() => {
      if (agent === started) agent = undefined;
    });
    await started.ready;
    agent = started;
    return started;
  };
  return {
    agent: take,
    ask: async (step) => {
      const asked = await take();
      const late = setTimeout(asked.kill, settings.deadlineMs);
      const ask: CheckAsk = { step, label, lasting: settings.lasting, signatures: settings.signatures };
      const began = performance.now();
      try {
        return decodeFinding(await asked.ask("check", encodeAsk(ask)));
      } catch (error) {
        const hung = performance.now() - began >= settings.deadlineMs;
        return found("fail", hung ? `the module did not answer within ${settings.deadlineMs} ms` : ending(error));
      } finally {
        clearTimeout(late);
      }
    },
    end: async () => {
      agent?.kill();
      await agent?.gone;
    },
  };
}

/** `the token agent ended (SIGSEGV)` is said of the module, which is what ended it. */
function ending(error: unknown): string {
  const { message } = failed("checking", error);
  const [, signal] = /ended \((SIG[A-Z]+)\)/.exec(message) ?? [];
  return signal === undefined ? message : `the module ended its process (${signal})`;
}

/** The next process must sign within five seconds of the death of one that was signing. */
async function killed(conversation: Conversation): Promise<Finding> {
  const first = await conversation.ask("killed");
  if (first.verdict !== "pass") return first;
  const agent = await conversation.agent();
  const asked = Array.from({ length: 16 }, (_, number) =>
    agent.ask("sign", encodeSign(0, digestNumber("killed", number))),
  );
  const settled = Promise.allSettled(asked);
  await Promise.race([asked[0], settled]);
  agent.kill();
  await agent.gone;
  const began = performance.now();
  const unanswered = (await settled).filter(({ status }) => status === "rejected").length;
  const next = await conversation.ask("killed");
  const ms = Math.round(performance.now() - began);
  if (next.verdict !== "pass") return next;
  const said = `killed with ${unanswered} signatures under way; the next process signed after ${ms} ms`;
  return found(ms <= 5_000 ? "pass" : "fail", said, { ms, unanswered });
}

/** Raw in the agent, one after the other; then verified through the pipe, as many under way as there are sessions. */
async function rate(config: TokenConfig, conversation: Conversation): Promise<Finding> {
  const raw = await conversation.ask("rate");
  const { count, rawPerSecond, publicKey } = raw.figures;
  if (raw.verdict !== "pass" || typeof count !== "number" || typeof rawPerSecond !== "number") return raw;
  const agent = await conversation.agent();
  const recovery = loadRecovery();
  const key = toBytes(parseHex(publicKey, 65));
  const began = performance.now();
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < count) {
      const digest = digestNumber(config.name, next++);
      settle(await agent.ask("sign", encodeSign(0, digest)), digest, key, recovery.recover);
    }
  };
  await Promise.all(Array.from({ length: config.sessions }, one));
  const verifiedPerSecond = Math.round((count * 1_000) / (performance.now() - began));
  const ratio = Math.round((verifiedPerSecond / rawPerSecond) * 100) / 100;
  const figures = { rawPerSecond, verifiedPerSecond, ratio, recovery: recovery.kind };
  const said = `${rawPerSecond} raw C_Sign a second, ${verifiedPerSecond} verified through the pipe in ${config.sessions} sessions (${ratio})`;
  if (recovery.kind === "noble")
    return found("note", `${said}; libsecp256k1 is not installed, so checking is slow`, figures);
  return found("pass", said, figures);
}
