/** The checks of signatures: a long row of them, odd digests, odd lengths, and speed. */
import { createHash } from "node:crypto";
import { fromBytes } from "../../../values/hex.ts";
import { mechanism } from "../cryptoki.ts";
import { classify } from "../token-error.ts";
import { signWith } from "../token-signer.ts";
import { found, type Finding } from "./finding.ts";
import type { Trial } from "./trial.ts";

/** The order of secp256k1 (SEC 2). */
const order = 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_fffe_baae_dce6_af48_a03b_bfd2_5e8c_d036_4141n;

/** Distinct digests that no statement and no transaction hashes to. */
export const digestNumber = (label: string, number: number): Uint8Array =>
  new Uint8Array(createHash("sha256").update(`Countersign check ${label} ${number}`).digest());

export async function signatures(trial: Trial): Promise<Finding> {
  const { label, signatures: count } = trial.ask;
  const seen = new Set<string>();
  const counts = { odd: 0, high: 0, leadingZero: 0 };
  const again = await trial.inSession(async (session) => {
    for (let number = 0; number < count; number += 1) {
      const { raw, highS, yParity } = await trial.signs(session, digestNumber(label, number));
      seen.add(fromBytes(raw.subarray(0, 32)));
      counts.odd += yParity;
      counts.high += highS ? 1 : 0;
      counts.leadingZero += raw[0] === 0 || raw[32] === 0 ? 1 : 0;
    }
    const first = await trial.signs(session, digestNumber(label, -1));
    const second = await trial.signs(session, digestNumber(label, -1));
    return first.raw.every((byte, at) => byte === second.raw[at]);
  });
  const figures = { signatures: count, ...counts, deterministic: again ? "yes" : "no" };
  if (seen.size !== count)
    return found(
      "fail",
      `${count - seen.size} of ${count} signatures repeat an r: whoever sees them has the key`,
      figures,
    );
  const said = `${count} signatures: ${counts.odd} of odd parity, ${counts.high} with high s (we lower it), ${counts.leadingZero} with a leading zero; ${again ? "the same digest gives the same signature" : "the same digest gives another signature each time"}`;
  // Fewer than these would be seen once in many thousand runs of an honest module.
  if (count >= 64 && (counts.odd === 0 || counts.odd === count))
    return found("fail", `${said}; one parity never comes`, figures);
  if (count >= 1_024 && counts.leadingZero === 0)
    return found(
      "warn",
      `${said}; none with a leading zero, which one in a hundred and twenty-eight has: run it again`,
      figures,
    );
  return found("pass", said, figures);
}

export async function edgeDigests(trial: Trial): Promise<Finding> {
  const names: Readonly<Record<string, bigint>> = {
    zero: 0n,
    "all ones": 2n ** 256n - 1n,
    n: order,
    "n - 1": order - 1n,
    "n + 1": order + 1n,
  };
  const refused: string[] = [];
  for (const [name, value] of Object.entries(names)) {
    await trial.inSession(async (session) => {
      try {
        await trial.signs(session, new Uint8Array(Buffer.from(value.toString(16).padStart(64, "0"), "hex")));
      } catch (error) {
        if (classify(error).code === 0) throw error;
        refused.push(`${name} (${classify(error).name})`);
      }
    });
  }
  if (refused.length > 0)
    return found("note", `signed and verified, but refused for ${refused.join(", ")}; no hash is ever one of these`);
  return found("pass", "0, n - 1, n, n + 1 and all ones are signed and verify");
}

export async function lengths(trial: Trial): Promise<Finding> {
  const { privateKey } = await trial.key();
  const answers: string[] = [];
  for (const length of [0, 1, 31, 33, 64]) {
    await trial.inSession((session, { module }) => {
      try {
        module.C_SignInit(session.handle, { mechanism: mechanism.ecdsa }, privateKey);
        module.C_Sign(session.handle, Buffer.alloc(length, 7), session.signature);
        answers.push(`${length} signed`);
      } catch (error) {
        answers.push(`${length} ${classify(error).name}`);
      }
    });
  }
  return found("note", `bytes: ${answers.join(", ")}; the agent sends 32 and nothing else`);
}

/** One verified signature: the agent's half of checks that are made from outside. */
export async function once(trial: Trial): Promise<Finding> {
  await trial.inSession((session) => trial.signs(session, digestNumber(trial.ask.label, -2)));
  return found("pass", "it signs", { publicKey: (await trial.key()).public });
}

/** C_Sign in a bare loop; the parent measures what comes through the pipe beside it. */
export async function rate(trial: Trial): Promise<Finding> {
  const { privateKey, public: publicKey } = await trial.key();
  const count = Math.min(trial.ask.signatures, 256);
  const perSecond = await trial.inSession(async (session, token) => {
    await signWith(token, session, privateKey, digestNumber(trial.ask.label, -3));
    const began = performance.now();
    for (let number = 0; number < count; number += 1) {
      token.module.C_SignInit(session.handle, { mechanism: mechanism.ecdsa }, privateKey);
      token.module.C_Sign(session.handle, session.digest, session.signature);
    }
    return (count * 1_000) / (performance.now() - began);
  });
  return found("pass", "measured", { count, rawPerSecond: Math.round(perSecond), publicKey });
}
