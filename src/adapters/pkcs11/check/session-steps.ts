/** The checks of sessions: misuse, many side by side, logout, and a module that is ended and started again. */
import { mechanism } from "../cryptoki.ts";
import { closeSession, openSession, type Session } from "../session-pool.ts";
import { classify } from "../token-error.ts";
import { startModule } from "../token-login.ts";
import { found, type Finding } from "./finding.ts";
import { digestNumber } from "./signing-steps.ts";
import type { Trial } from "./trial.ts";

/** What the module answers to calls out of order is written down; that a new session signs after them is demanded. */
export async function misuse(trial: Trial): Promise<Finding> {
  const { privateKey } = await trial.key();
  const answers: Record<string, string> = {};
  const tell = (what: string, call: () => unknown): void => {
    try {
      call();
      answers[what] = "CKR_OK";
    } catch (error) {
      answers[what] = classify(error).name;
    }
  };
  const ecdsa = { mechanism: mechanism.ecdsa };
  const { digest } = await trial.inSession((session, { module }) => {
    tell("signNotBegun", () => module.C_Sign(session.handle, session.digest, session.signature));
    tell("foreignHandle", () => {
      module.C_SignInit(session.handle, ecdsa, Buffer.from("ffffff7f00000000", "hex"));
    });
    return session;
  });
  const broken = await trial.inSession(async (session, { module }) => {
    module.C_SignInit(session.handle, ecdsa, privateKey);
    tell("begunTwice", () => {
      module.C_SignInit(session.handle, ecdsa, privateKey);
    });
    tell("smallBuffer", () => module.C_Sign(session.handle, digest, Buffer.alloc(10)));
    tell("noData", () => module.C_Sign(session.handle, Buffer.alloc(0), session.signature));
    try {
      await trial.signs(session, digestNumber(trial.ask.label, -4));
      return "is free again by itself";
    } catch (error) {
      return `stays unusable (${classify(error).name})`;
    }
  });
  await trial.inSession((session) => trial.signs(session, digestNumber(trial.ask.label, -5)));
  return found("pass", `a misused session ${broken}; a new one signs`, answers);
}

export async function parallel(trial: Trial): Promise<Finding> {
  const { sessions: width } = trial.orders;
  const each = Math.max(1, Math.min(200, trial.ask.signatures));
  const opened = await trial.token();
  const sessions: Session[] = [];
  try {
    for (let at = 0; at < width; at += 1) sessions.push(openSession(opened));
    await Promise.all(
      sessions.map(async (session, at) => {
        for (let number = 0; number < each; number += 1)
          await trial.signs(session, digestNumber(`${trial.ask.label} ${at}`, number));
      }),
    );
  } catch (error) {
    const { name, code, class: kind } = classify(error);
    if (kind !== "busy") throw error;
    return found("fail", `the token has room for ${sessions.length} sessions (${name}), and its file says ${width}`, {
      code,
    });
  } finally {
    for (const session of sessions) closeSession(opened, session);
  }
  return found("pass", `${width} sessions made ${each} signatures each, all verified`, { sessions: width, each });
}

export async function logout(trial: Trial): Promise<Finding> {
  if ("none" in trial.orders.login.pin) return found("skip", "there is no login");
  const { privateKey } = await trial.key();
  const { module, anchor } = await trial.token();
  const session = openSession(await trial.token());
  try {
    module.C_SignInit(session.handle, { mechanism: mechanism.ecdsa }, privateKey);
    module.C_Logout(anchor);
    const begun = signsAfter(() => module.C_Sign(session.handle, session.digest, session.signature));
    const other = openSession(await trial.token());
    const fresh = signsAfter(() => {
      module.C_SignInit(other.handle, { mechanism: mechanism.ecdsa }, privateKey);
      module.C_Sign(other.handle, other.digest, other.signature);
    });
    closeSession(await trial.token(), other);
    if (fresh) return found("fail", "the module signs for anybody after a logout");
    if (!begun) return found("pass", "nothing is signed after a logout");
    const known = (await trial.token()).profile.known["logout"];
    return known === undefined
      ? found(
          "fail",
          "an operation that was begun before a logout still signs after it; stop such a token by ending its process",
        )
      : found("known", `${known}; the gate stops a token by ending its process, never by a logout`);
  } finally {
    closeSession(await trial.token(), session);
    module.C_CloseAllSessions((await trial.token()).slot);
    trial.forget();
  }
}

function signsAfter(call: () => unknown): boolean {
  try {
    call();
    return true;
  } catch {
    return false;
  }
}

export async function restart(trial: Trial): Promise<Finding> {
  const module = await trial.module();
  for (let time = 0; time < 3; time += 1) {
    module.C_Finalize();
    trial.forget();
    startModule(module, trial.orders.module.parameters);
    await trial.inSession((session) => trial.signs(session, digestNumber(trial.ask.label, -10 - time)));
  }
  return found("pass", "ended and started three times, and it signed each time");
}
