/** Receivers that would leak are refused when the configuration is read, not when something happens. */
import { expect, test } from "vitest";
import { notifySchema } from "../../../src/config/notify-config.ts";

const webhook = { name: "ops", url: "https://hooks.example/x", secret: "ops.secret" };
const mail = { name: "people", host: "mail.example", port: 587, from: "a@b.example", to: ["c@d.example"] };
const reads = (config: object): boolean => notifySchema.safeParse(config).success;

test("what is complete is read, with TLS for mail unless it is said otherwise", () => {
  expect(notifySchema.parse({ webhooks: [webhook], mail: [mail] })).toMatchObject({
    escalateBefore: "1h",
    webhooks: [{ addresses: [] }],
    mail: [{ security: "starttls", people: {} }],
  });
});

test.each([
  ["http", { webhooks: [{ ...webhook, url: "http://hooks.example/x" }] }],
  ["a password in the URL", { webhooks: [{ ...webhook, url: "https://a:b@hooks.example/x" }] }],
  ["no secret", { webhooks: [{ name: "ops", url: webhook.url }] }],
  ["a network for an address", { webhooks: [{ ...webhook, addresses: ["10.0.0.0/8"] }] }],
  ["a topic nobody knows", { webhooks: [{ ...webhook, topics: ["amounts"] }] }],
  ["mail in the clear", { mail: [{ ...mail, security: "none" }] }],
  ["a user without a password", { mail: [{ ...mail, user: "me" }] }],
  ["two boxes in one", { mail: [{ ...mail, to: ["c@d.example, e@f.example"] }] }],
  ["a header in a box", { mail: [{ ...mail, from: "a@b.example\nBcc: x@y.example" }] }],
  ["one name twice", { webhooks: [webhook], mail: [{ ...mail, name: "ops" }] }],
])("%s is refused", (_, config) => {
  expect(reads(config)).toBe(false);
});

test("mail in the clear goes to this machine alone", () => {
  expect(reads({ mail: [{ ...mail, security: "none", host: "127.0.0.1" }] })).toBe(true);
});
