/** The sessions that sign: a fixed number, one operation each, each with buffers of its own, thrown away after any error. */
import { flags } from "./cryptoki.ts";
import type { OpenToken } from "./token-login.ts";
import { during } from "./token-failure.ts";

/**
 * The buffers live as long as the session: the native library does not hold them during an asynchronous call, and a collected buffer
 * means a signature over foreign bytes.
 */
export type Session = { readonly handle: Buffer; readonly digest: Buffer; readonly signature: Buffer };

export type SessionPool = {
  /** A session nobody else uses, opened when there is none; waits for one while all are taken. */
  readonly take: () => Promise<Session>;
  readonly giveBack: (session: Session) => void;
  /** Closes the session for good; the next `take` opens another. */
  readonly discard: (session: Session) => void;
  readonly counts: () => { readonly open: number; readonly idle: number; readonly discarded: number };
};

export function createSessionPool(token: OpenToken, size: number): SessionPool {
  const idle: Session[] = [];
  const waiting: (() => void)[] = [];
  let open = 0;
  let discarded = 0;

  async function take(): Promise<Session> {
    for (;;) {
      const session = idle.pop();
      if (session !== undefined) return session;
      if (open < size) {
        const opened = openSession(token);
        open += 1;
        return opened;
      }
      await new Promise<void>((wake) => waiting.push(wake));
    }
  }

  return {
    take,
    giveBack: (session) => {
      session.digest.fill(0);
      session.signature.fill(0);
      idle.push(session);
      waiting.shift()?.();
    },
    discard: (session) => {
      open -= 1;
      discarded += 1;
      closeSession(token, session);
      waiting.shift()?.();
    },
    counts: () => ({ open, idle: idle.length, discarded }),
  };
}

export function openSession({ module, slot, profile }: OpenToken): Session {
  const rights = profile.readWrite ? flags.serialSession | flags.rwSession : flags.serialSession;
  const handle = during("opening a session", () => module.C_OpenSession(slot, rights));
  return { handle, digest: Buffer.alloc(32), signature: Buffer.alloc(128) };
}

export function closeSession({ module }: OpenToken, { handle }: Session): void {
  try {
    module.C_CloseSession(handle);
  } catch {
    // A session that broke may be gone already; what matters is that nobody uses it again.
  }
}
