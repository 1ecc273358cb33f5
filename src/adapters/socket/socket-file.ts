/** The socket's place on disk: in a folder that others cannot enter, and only where no other gate listens. */
import { chmodSync, lstatSync, mkdirSync, statSync, unlinkSync } from "node:fs";
import { connect, type Server } from "node:net";
import { dirname } from "node:path";
import { Fault } from "../../values/errors.ts";

/** `sun_path` of the smallest system (macOS: 104 bytes with the last zero). */
const pathBytesMax = 103;

/** Makes the folder (0750) when it is missing; throws a Fault when others could reach or replace the socket. */
export function prepareFolder(path: string): void {
  if (Buffer.byteLength(path) > pathBytesMax)
    throw new Fault("gate.socket", `the socket path \`${path}\` is longer than ${pathBytesMax} bytes`, "never");
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o750 });
  const { mode } = statSync(folder);
  if ((mode & 0o027) !== 0)
    throw new Fault(
      "gate.socket",
      `the folder \`${folder}\` of the socket is open to other users; it must be 0750`,
      "never",
    );
}

/** Listens with mode 0660. A socket file that nobody answers on is left over from a killed gate and is replaced; anything else is a Fault. */
export async function listen(server: Server, path: string): Promise<void> {
  try {
    await tryListen(server, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE"))
      throw refused(path, "cannot be made", error);
    if (!lstatSync(path).isSocket()) throw refused(path, "is another file", error);
    if (await isAnswered(path)) throw refused(path, "is used by another gate", error);
    unlinkSync(path);
    await tryListen(server, path);
  }
  chmodSync(path, 0o660);
}

function tryListen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      reject(error);
    };
    server.once("error", fail);
    // The file is made inside this call, so that it never exists with a wider mode than it ends with.
    const before = process.umask(0o117);
    server.listen(path, () => {
      server.off("error", fail);
      resolve();
    });
    process.umask(before);
  });
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    const settle = (answered: boolean): void => {
      probe.destroy();
      resolve(answered);
    };
    probe.once("connect", () => {
      settle(true);
    });
    probe.once("error", (error) => {
      settle(!("code" in error && error.code === "ECONNREFUSED"));
    });
  });
}

function refused(path: string, why: string, cause: unknown): Fault {
  return new Fault("gate.socket", `the socket \`${path}\` ${why}`, "never", cause);
}
