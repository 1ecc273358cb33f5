/** Ports that a program keeps through its own death: below those that the machine gives away, where nobody else's server comes meanwhile. */
import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Linux gives away 32768 and more (`net.ipv4.ip_local_port_range`). */
const lowest = 20_000;
const highest = 32_000;
const given = new Set<number>();

/** One on loopback that nobody listens at, and that this process was not given before. */
export async function ownPort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, highest);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => {
      resolve(false);
    });
    server.listen(port, "127.0.0.1", () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
