/** Mail to people: one message for each notice, over TLS unless the server is this very machine, and an end after seconds. */
import { createHash } from "node:crypto";
import { createTransport } from "nodemailer";
import type { Delivered, Receiver } from "../../flow/serve/receiver.port.ts";
import type { Notice } from "../../request/notice.ts";

export type MailSettings = Pick<Receiver, "name" | "topics"> & {
  readonly host: string;
  readonly port: number;
  /** `tls` from the first byte, `starttls` before anything is said, `none` never leaves this machine. */
  readonly security: "tls" | "starttls" | "none";
  readonly login?: { readonly user: string; readonly password: string } | undefined;
  /** PEM, when a private authority signed the server's certificate. */
  readonly ca?: string | undefined;
  readonly from: string;
  /** They hear of everything. */
  readonly to: readonly string[];
  /** By name in the roster: they hear of what waits for them. */
  readonly people: Readonly<Record<string, string>>;
};

const patienceMs = { connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 8_000, dnsTimeout: 5_000 };

/** A notice that nobody here is to hear of counts as delivered. */
export function connectMail(settings: MailSettings, { timeoutMs = 20_000 }: { timeoutMs?: number } = {}): Receiver {
  return {
    name: settings.name,
    topics: settings.topics,
    deliver: async (notice) => {
      const to = recipients(settings, notice);
      if (to.length === 0) return { kind: "delivered" };
      return await sendWithin(settings, { notice, to, timeoutMs });
    },
  };
}

function recipients({ to, people }: MailSettings, notice: Notice): readonly string[] {
  const asked = notice.people.flatMap((person) => (Object.hasOwn(people, person) ? [people[person] ?? ""] : []));
  return [...new Set([...to, ...asked])];
}

type Sending = { readonly notice: Notice; readonly to: readonly string[]; readonly timeoutMs: number };

async function sendWithin(settings: MailSettings, { notice, to, timeoutMs }: Sending): Promise<Delivered> {
  const { host, port, security, login, ca, from } = settings;
  const transport = createTransport({
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    tls: { minVersion: "TLSv1.2", ...(ca === undefined ? {} : { ca }) },
    ...(login === undefined ? {} : { auth: { user: login.user, pass: login.password } }),
    ...patienceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Delivered>((resolve) => {
    timer = setTimeout(() => {
      resolve({ kind: "failed", why: "it took too long" });
    }, timeoutMs);
  });
  try {
    const sent = transport.sendMail({ from, to: [...to], ...messageOf(notice, from) });
    return await Promise.race([sent.then((): Delivered => ({ kind: "delivered" })), late]);
  } catch (error) {
    return { kind: "failed", why: reason(error) };
  } finally {
    clearTimeout(timer);
    transport.close();
  }
}

type Message = {
  readonly subject: string;
  readonly text: string;
  readonly messageId: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** The same notice has the same message id, so that a mail reader shows it once. */
function messageOf({ key, topic, text }: Notice, from: string): Message {
  const line = text.replace(/\s+/g, " ");
  const domain = /@([A-Za-z0-9.-]+)>?$/.exec(from)?.[1] ?? "countersign.invalid";
  return {
    subject: `Countersign: ${topic.replaceAll("-", " ")}`,
    text: `${line}\n\nThis mail authorises nothing and asks for no answer. Look at the request itself before you sign.\n`,
    messageId: `<${createHash("sha256").update(key).digest("hex")}@${domain}>`,
    headers: { "Auto-Submitted": "auto-generated" },
  };
}

/** A code of the library, and that of the server's answer; never its words. */
function reason(error: unknown): string {
  const part = (name: string): string => {
    const value: unknown = error instanceof Error && name in error ? Reflect.get(error, name) : undefined;
    return (typeof value === "string" && /^[A-Z0-9_]+$/.test(value)) || typeof value === "number" ? ` ${value}` : "";
  };
  return `not sent${part("code")}${part("responseCode")}`;
}
