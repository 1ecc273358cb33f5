/** A token agent that runs elsewhere, reached over a Unix socket: the gate's end of the meeting, then frames like any other agent's. */
import { createSecretKey, randomBytes } from "node:crypto";
import { createConnection } from "node:net";
import { createLine, lost, speakOver, type Agent } from "./agent-process.ts";
import { createByteReader } from "./byte-reader.ts";
import { about, derive, isMark, markBytes, nonceBytes } from "./handshake.ts";
import { readSocketKey } from "./socket-key.ts";
import type { TokenConfig } from "./token-config.ts";
import { misconfigured } from "./token-failure.ts";

/**
 * `gone` means that the connection is: whatever the agent there still does, nothing of it arrives. Throws a Fault when the key file is not
 * as it must be.
 */
export function dialAgent(config: TokenConfig, { socket: path, keyFile }: NonNullable<TokenConfig["agent"]>): Agent {
  const secret = readSocketKey(keyFile);
  const socket = createConnection({ path });
  let why = `the token agent at \`${path}\` ended`;
  const closed = new Promise<string>((resolve) => {
    socket.on("error", (error) => {
      why = `the token agent at \`${path}\` cannot be reached: ${"code" in error ? String(error.code) : error.message}`;
    });
    socket.on("close", () => {
      resolve(why);
    });
  });
  const kill = (): void => {
    socket.destroy();
  };
  const late = setTimeout(kill, config.limits.startTimeoutMs);
  const reader = createByteReader(socket);
  const meet = async (): Promise<ReturnType<typeof speakOver>> => {
    const gateNonce = new Uint8Array(randomBytes(nonceBytes));
    socket.write(gateNonce);
    const agentNonce = await reader.take(nonceBytes);
    const meeting = { secret, gateNonce, agentNonce, about: about(config) };
    if (!isMark(await reader.take(markBytes), "agent", meeting))
      throw misconfigured(
        "meeting the token agent",
        `who answers at \`${path}\` has another key file, or other keys in its token file`,
      );
    socket.write(derive("gate", meeting));
    const key = createSecretKey(derive("frames", meeting));
    const line = createLine(socket, key, { heard: () => undefined, kill, ended: closed });
    const speaking = speakOver(line, config.limits.startTimeoutMs);
    reader.release();
    socket.resume();
    return speaking;
  };
  const met = meet()
    .catch(async (error: unknown) => {
      kill();
      const ended = await closed;
      throw error instanceof Error && error.name === "TokenFailure" ? error : lost(ended);
    })
    .finally(() => {
      clearTimeout(late);
    });
  const ready = met.then((speaking) => speaking.ready);
  ready.catch(() => undefined);
  return {
    pid: undefined,
    ready,
    ask: async (verb, payload) => (await met).ask(verb, payload),
    gone: closed,
    kill,
    output: () => "",
  };
}
