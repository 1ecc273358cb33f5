/** A signed webhook: https only, no redirect, one resolved address that is public or named, and an end after seconds whatever the receiver does. */
import { createHmac } from "node:crypto";
import { lookup } from "node:dns/promises";
import { request } from "node:https";
import { isIP } from "node:net";
import type { Clock } from "../../flow/clock.port.ts";
import type { Delivered, Receiver } from "../../flow/serve/receiver.port.ts";
import type { Notice } from "../../request/notice.ts";
import { canonical } from "../../values/json.ts";
import { toWire } from "../../values/wire.ts";
import { isPublic } from "./public-address.ts";

export type WebhookSettings = Pick<Receiver, "name" | "topics"> & {
  readonly url: URL;
  /** What receiver and sender share; at least 32 characters. */
  readonly secret: string;
  /** PEM of the authority that signed the receiver's certificate, when it is not a public one. */
  readonly ca?: string | undefined;
  /** Addresses that are reached though they are not public, each by itself. */
  readonly addresses: readonly string[];
};

export type WebhookParts = {
  readonly clock: Clock;
  /** All addresses of a host; the system's unless another is given. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  readonly timeoutMs?: number;
};

export function connectWebhook(settings: WebhookSettings, parts: WebhookParts): Receiver {
  const { resolve = allAddresses, timeoutMs = 10_000, clock } = parts;
  return {
    name: settings.name,
    topics: settings.topics,
    deliver: async (notice) => {
      const ending = AbortSignal.timeout(timeoutMs);
      try {
        return await Promise.race([
          deliver(settings, { notice, ending, resolve, at: clock.now() }),
          ended(ending).then(() => failed("it took too long")),
        ]);
      } catch (error) {
        return failed(ending.aborted ? "it took too long" : reason(error));
      }
    },
  };
}

/** `t=<seconds>,v1=<HMAC-SHA-256 of "seconds.body" in hex>`; the time is that of sending, so that an old call cannot be sent again. */
export function signatureOf(secret: string, at: number, body: string): string {
  return `t=${at},v1=${createHmac("sha256", secret).update(`${at}.${body}`).digest("hex")}`;
}

type Sending = {
  readonly notice: Notice;
  readonly ending: AbortSignal;
  readonly resolve: NonNullable<WebhookParts["resolve"]>;
  readonly at: number;
};

async function deliver(settings: WebhookSettings, { notice, ending, resolve, at }: Sending): Promise<Delivered> {
  const host = settings.url.hostname.replace(/^\[|\]$/g, "");
  const addresses = await resolve(host);
  if (addresses.length === 0) return failed("its name leads to no address");
  // One that is not public among several is how a name is turned around between two looks.
  if (!addresses.every((one) => isPublic(one) || settings.addresses.includes(one)))
    return failed("its name leads to an address that is not public, and that the configuration does not name");
  const body = canonical(toWire(notice));
  const status = await postToOne(settings, addresses.slice(0, mostAddresses), { body, ending, at, notice });
  return status >= 200 && status < 300 ? { kind: "delivered" } : failed(`it answers ${status}`);
}

/** Of a name that leads to several, one may be of a network that this machine does not have. */
const mostAddresses = 4;

async function postToOne(
  settings: WebhookSettings,
  [address = "", ...others]: readonly string[],
  posting: Omit<Posting, "address">,
): Promise<number> {
  try {
    return await post(settings, { ...posting, address });
  } catch (error) {
    if (others.length === 0 || posting.ending.aborted) throw error;
    return await postToOne(settings, others, posting);
  }
}

type Posting = Pick<Sending, "ending" | "at" | "notice"> & { readonly address: string; readonly body: string };

/** The connection goes to the address that was looked at; name and certificate are those of the URL. Nothing of the answer but its status is read. */
function post({ url, ca, secret }: WebhookSettings, { address, body, ending, at, notice }: Posting): Promise<number> {
  const name = url.hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve, reject) => {
    const sending = request(
      {
        host: address,
        port: url.port === "" ? 443 : Number(url.port),
        path: `${url.pathname}${url.search}`,
        method: "POST",
        ...(isIP(name) === 0 ? { servername: name } : {}),
        ...(ca === undefined ? {} : { ca }),
        agent: false,
        minVersion: "TLSv1.2",
        signal: ending,
        headers: {
          host: url.host,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          "user-agent": "countersign",
          "countersign-key": notice.key,
          "countersign-topic": notice.topic,
          "countersign-signature": signatureOf(secret, at, body),
        },
      },
      (response) => {
        resolve(response.statusCode ?? 0);
        response.destroy();
      },
    );
    sending.on("error", reject);
    sending.end(body);
  });
}

async function allAddresses(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true, order: "verbatim" })).map(({ address }) => address);
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => {
      resolve();
    });
  });
}

function failed(why: string): Delivered {
  return { kind: "failed", why };
}

/** A code of the system or of TLS; never what the other side said. */
function reason(error: unknown): string {
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && /^[A-Z0-9_]+$/.test(code) ? `no connection (${code})` : "no connection";
}
