/** The device agent: answers the few verbs of its channel, opens no network, and ends with the process that started it. */
import { subscribe } from "node:diagnostics_channel";
import { questionSchema, type Answer, type Orders, type Question } from "./agent-message.ts";
import { failed } from "./device-failure.ts";
import { createDeviceSession, SigningFailure, type DeviceSession } from "./device-session.ts";
import type { TransportFactory } from "./eth-app.ts";
import { speculosDevice } from "./ledgerjs/speculos.ts";
import { usbDevices } from "./ledgerjs/usb.ts";

/** Exit codes of sysexits.h. */
export const exitCodes = { ended: 0, protocol: 70, network: 77 } as const;

export type Channel = {
  readonly say: (answer: Answer) => void;
  readonly hear: (heard: (question: unknown) => void) => void;
  readonly over: (ended: () => void) => void;
};

/** Resolves with an exit code. A question that the gate would not ask ends it at once. */
export function runAgent(channel: Channel, factoryOf: (orders: Orders) => TransportFactory = devices): Promise<number> {
  return new Promise((resolve) => {
    let session: DeviceSession | undefined;
    channel.over(() => {
      resolve(exitCodes.ended);
    });
    channel.hear((said) => {
      const read = questionSchema.safeParse(said);
      if (!read.success || (session === undefined) !== (read.data.verb === "start")) {
        resolve(exitCodes.protocol);
        return;
      }
      const question = read.data;
      if (question.verb === "start") {
        if (question.orders.device.kind === "usb") endOnNetwork(resolve);
        session = createDeviceSession(factoryOf(question.orders), question.orders);
        channel.say({ kind: "started", id: question.id });
      } else if (session !== undefined) void answer(session, question).then(channel.say);
    });
  });
}

async function answer(session: DeviceSession, question: Exclude<Question, { verb: "start" }>): Promise<Answer> {
  const { id } = question;
  try {
    if (question.verb === "look")
      return { kind: "seen", id, sight: await session.look(question.others, question.isBrief) };
    const { r, s, yParity } = await session.sign(question.path, question.publicKey, question.unsigned);
    return { kind: "signed", id, r, s, yParity };
  } catch (error) {
    if (error instanceof SigningFailure) return error.answer(id);
    return { kind: "failed", id, failure: failed(error).failure, isShown: false };
  }
}

/** Ledger's libraries know addresses on the network; whatever asks for one, the agent is gone before it answers. */
function endOnNetwork(end: (code: number) => void): void {
  subscribe("net.client.socket", () => {
    end(exitCodes.network);
  });
}

function devices({ device }: Orders): TransportFactory {
  return device.kind === "usb" ? usbDevices() : speculosDevice(device);
}
