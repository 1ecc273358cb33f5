/** The sessions that sign: a fixed number, one operation each, each with buffers of its own, thrown away after any error. */
import type { PKCS11 } from "pkcs11js";
import { flags } from "./cryptoki.ts";
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

export function createSessionPool(module: PKCS11, slot: Buffer, size: number): SessionPool {
  const idle: Session[] = [];
  const waiting: (() => void)[] = [];
  let open = 0;
  let discarded = 0;

  function openSession(): Session {
    const handle = during("opening a session", () => module.C_OpenSession(slot, flags.serialSession));
    open += 1;
    return { handle, digest: Buffer.alloc(32), signature: Buffer.alloc(128) };
  }

  async function take(): Promise<Session> {
    for (;;) {
      const session = idle.pop();
      if (session !== undefined) return session;
      if (open < size) return openSession();
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
      try {
        module.C_CloseSession(session.handle);
      } catch {
        // A session that broke may be gone already; what matters is that nobody uses it again.
      }
      waiting.shift()?.();
    },
    counts: () => ({ open, idle: idle.length, discarded }),
  };
}
