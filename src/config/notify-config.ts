/** Who outside is told of things: webhooks and mailboxes, each with a name, its secrets in files of their own. */
import { z } from "zod";
import { topicSchema } from "../request/notice.ts";
import { durationSchema, nameSchema } from "../values/schema.ts";

const path = z.string().min(1).max(1_000);
const mailbox = z
  .string()
  .min(3)
  .max(320)
  .regex(/^[^\s<>",;:]+@[^\s<>",;:]+$/, "not a mail address");
/** All of them unless some are named. */
const heard = z.array(topicSchema).min(1).optional();

const webhook = z.strictObject({
  name: nameSchema,
  url: z
    .url({ protocol: /^https$/ })
    .max(1_000)
    .refine((url) => !/^https:\/\/[^/]*@/.test(url), "no name or password in it"),
  /** A file that only the service can read, with at least 32 characters that the receiver knows too. */
  secret: path,
  /** A file with the certificate of a private authority. */
  ca: path.optional(),
  /** Addresses that may be reached though they are not public. */
  addresses: z
    .array(z.union([z.ipv4(), z.ipv6()]))
    .max(20)
    .default([]),
  topics: heard,
});

const mail = z
  .strictObject({
    name: nameSchema,
    host: z.string().min(1).max(253),
    port: z.int().min(1).max(65_535),
    security: z.enum(["tls", "starttls", "none"]).default("starttls"),
    user: z.string().min(1).max(320).optional(),
    /** A file that only the service can read. */
    password: path.optional(),
    ca: path.optional(),
    from: mailbox,
    to: z.array(mailbox).max(50).default([]),
    /** Mailboxes of people of the roster, who hear of what waits for them. */
    people: z.record(nameSchema, mailbox).default({}),
    topics: heard,
  })
  .refine(
    ({ user, password }) => (user === undefined) === (password === undefined),
    "give `user` and `password`, or neither",
  )
  .refine(
    ({ security, host }) => security !== "none" || /^(?:localhost|::1|127(?:\.[0-9]{1,3}){3})$/.test(host),
    "without TLS only to this machine",
  );

export const notifySchema = z
  .strictObject({
    /** How long before a request expires those who are waited for hear of it. */
    escalateBefore: durationSchema.default("1h"),
    webhooks: z.array(webhook).max(20).default([]),
    mail: z.array(mail).max(20).default([]),
  })
  .refine(({ webhooks, mail: boxes }) => {
    const names = [...webhooks, ...boxes].map(({ name }) => name);
    return new Set(names).size === names.length;
  }, "each receiver has a name of its own");

export type NotifyConfig = z.output<typeof notifySchema>;

/** With the paths as `near` has them. */
export function notifyPaths(config: NotifyConfig, near: (path: string) => string): NotifyConfig {
  const maybe = (given: string | undefined): string | undefined => (given === undefined ? undefined : near(given));
  return {
    ...config,
    webhooks: config.webhooks.map((one) => ({ ...one, secret: near(one.secret), ca: maybe(one.ca) })),
    mail: config.mail.map((one) => ({ ...one, password: maybe(one.password), ca: maybe(one.ca) })),
  };
}
