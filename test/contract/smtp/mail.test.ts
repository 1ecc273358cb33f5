/** Mail against a real SMTP server: who gets what, only encrypted, and what a hostile server achieves. */
import { createServer, type AddressInfo, type Server } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterEach, expect, test } from "vitest";
import { connectMail, type MailSettings } from "../../../src/adapters/smtp/mail.ts";
import type { Notice } from "../../../src/request/notice.ts";
import { parse as instant } from "../../../src/values/instant.ts";
import { parse as name } from "../../../src/values/name.ts";
import { certificate, privateKey } from "../../http/tls-files.ts";

const notice: Notice = {
  key: "approval-wanted 0x01 custodians=2",
  topic: "approval-wanted",
  at: instant(1_800_000_000),
  text: "the mint of GLD 0x01 waits for 2 more of custodians\r\nBcc: mallory@example.org",
  people: [name("carla"), name("constructor")],
  requestId: null,
};

type Mail = { readonly to: readonly string[]; readonly text: string; readonly secure: boolean; readonly user: string };

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function mailServer(options: SMTPServerOptions = {}): Promise<{ port: number; mails: Mail[] }> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    cert: certificate,
    key: privateKey,
    onAuth: ({ username, password }, _, done) => {
      if (password === "right") done(null, { user: username });
      else done(new Error("no"));
    },
    onData: (stream, { envelope, secure, user }, done) => {
      let text = "";
      stream.on("data", (part: Buffer) => (text += part.toString()));
      stream.on("end", () => {
        mails.push({ to: envelope.rcptTo.map(({ address }) => address), text, secure, user: String(user ?? "") });
        done();
      });
    },
    ...options,
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.close();
  });
  return { port: (server.server.address() as AddressInfo).port, mails };
}

function box(port: number, change: Partial<MailSettings> = {}) {
  const settings: MailSettings = {
    name: "people",
    topics: new Set(["test"] as const),
    host: "localhost",
    port,
    security: "starttls",
    login: { user: "countersign", password: "right" },
    ca: certificate,
    from: "countersign@custodian.example",
    to: ["desk@custodian.example"],
    people: { carla: "carla@custodian.example", chris: "chris@custodian.example" },
    ...change,
  };
  return connectMail(settings, { timeoutMs: 1_500 });
}

test("the desk and those who are waited for get one encrypted mail, whose words cannot add a header", async () => {
  const { port, mails } = await mailServer();
  expect(await box(port).deliver(notice)).toEqual({ kind: "delivered" });
  expect(await box(port).deliver(notice)).toEqual({ kind: "delivered" });
  const [mail, again] = mails;
  expect(mail).toMatchObject({
    to: ["desk@custodian.example", "carla@custodian.example"],
    secure: true,
    user: "countersign",
  });
  expect(mail!.text).toContain("Subject: Countersign: approval wanted");
  expect(mail!.text).not.toMatch(/^Bcc:/m);
  const idOf = (text: string): string => /^Message-ID:\s+(<[^>]+>)/m.exec(text)?.[1] ?? "none";
  expect(idOf(mail!.text)).toMatch(/^<[0-9a-f]{64}@custodian\.example>$/);
  expect(idOf(again!.text)).toBe(idOf(mail!.text));
});

test("a notice that nobody here is to hear of is done without a mail", async () => {
  const { port, mails } = await mailServer();
  expect(await box(port, { to: [] }).deliver({ ...notice, people: [] })).toEqual({ kind: "delivered" });
  expect(mails).toEqual([]);
});

test("TLS from the first byte", async () => {
  const { port, mails } = await mailServer({ secure: true });
  expect(await box(port, { security: "tls" }).deliver(notice)).toEqual({ kind: "delivered" });
  expect(mails).toHaveLength(1);
});

test("a server without TLS, or with a certificate of nobody, gets neither mail nor password", async () => {
  const plain = await mailServer({ disabledCommands: ["STARTTLS"], allowInsecureAuth: true });
  expect(await box(plain.port).deliver(notice)).toMatchObject({ kind: "failed" });
  const strange = await mailServer();
  expect(await box(strange.port, { ca: undefined }).deliver(notice)).toMatchObject({ kind: "failed" });
  expect([...plain.mails, ...strange.mails]).toEqual([]);
});

test("a refused password is a failure in a code, without what the server says", async () => {
  const { port } = await mailServer();
  const told = await box(port, { login: { user: "countersign", password: "wrong" } }).deliver(notice);
  expect(told).toEqual({ kind: "failed", why: "not sent EAUTH 535" });
});

test.each([
  ["says nothing", () => undefined],
  ["greets and then says nothing", (socket: import("node:net").Socket) => socket.write("220 hello\r\n")],
])("a server that %s holds nobody longer than the patience", async (_, greet) => {
  const server: Server = createServer((socket) => {
    socket.on("error", () => undefined);
    greet(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  const begun = performance.now();
  const { port } = server.address() as AddressInfo;
  expect(await box(port).deliver(notice)).toEqual({ kind: "failed", why: "it took too long" });
  expect(performance.now() - begun).toBeLessThan(6_000);
});
