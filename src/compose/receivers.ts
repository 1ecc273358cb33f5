/** The receivers of a configuration: their secrets read from files that nobody else can read, and each behind the one port. */
import { readFileSync } from "node:fs";
import { systemClock } from "../adapters/clock/system.ts";
import { connectMail } from "../adapters/smtp/mail.ts";
import { connectWebhook } from "../adapters/webhook/webhook.ts";
import { exposuresOf } from "../config/gate-privacy.ts";
import type { NotifyConfig } from "../config/notify-config.ts";
import { readServeConfig } from "../config/serve-config.ts";
import type { Clock } from "../flow/clock.port.ts";
import type { Delivered, Receiver } from "../flow/serve/receiver.port.ts";
import { topics, type Topic } from "../request/notice.ts";
import { Fault } from "../values/errors.ts";

/** Below this a secret could be guessed. */
const secretMin = 32;

/** Throws a `Fault` `config.exposed`, `config.unreadable` or `config.weak-secret` that names the file. */
export function receiversOf(config: NotifyConfig, clock: Clock): readonly Receiver[] {
  const hooks = config.webhooks.map(({ secret, url, ca, ...rest }) =>
    connectWebhook(
      { ...rest, topics: heard(rest.topics), url: new URL(url), secret: readSecret(secret), ca: readMaybe(ca) },
      { clock },
    ),
  );
  const boxes = config.mail.map(({ user, password, ca, ...rest }) => {
    const login = user === undefined || password === undefined ? undefined : { user, password: readPrivate(password) };
    return connectMail({ ...rest, topics: heard(rest.topics), login, ca: readMaybe(ca) });
  });
  return [...hooks, ...boxes];
}

export type Tried = { readonly name: string; readonly answer: Delivered };

/** Sends a notice that says it is a test to every receiver of a configuration, at once; `only` takes one of them. */
export async function tryReceivers(configPath: string, only: string | undefined): Promise<readonly Tried[]> {
  const all = receiversOf(readServeConfig(configPath).notify, systemClock);
  const some = only === undefined ? all : all.filter(({ name }) => name === only);
  const at = systemClock.now();
  const text = "this is a test of notifications; nothing waits for you";
  return await Promise.all(
    some.map(async (receiver) => {
      const notice = {
        key: `test ${receiver.name} ${at}`,
        topic: "test",
        at,
        text,
        people: [],
        requestId: null,
      } as const;
      return { name: receiver.name, answer: await receiver.deliver({ ...notice, people: [] }) };
    }),
  );
}

function heard(some: readonly Topic[] | undefined): ReadonlySet<Topic> {
  return new Set(some ?? topics);
}

function readSecret(path: string): string {
  const secret = readPrivate(path);
  if (secret.length < secretMin)
    throw new Fault("config.weak-secret", `\`${path}\` holds fewer than ${secretMin} characters`, "never");
  return secret;
}

function readPrivate(path: string): string {
  const [exposed] = exposuresOf([path]);
  if (exposed !== undefined) throw new Fault("config.exposed", exposed, "never");
  return readText(path).trim();
}

function readMaybe(path: string | undefined): string | undefined {
  return path === undefined ? undefined : readText(path);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Fault("config.unreadable", `\`${path}\` cannot be read`, "never", error);
  }
}
