/** Where a process starts: the words of the command line, and the exit code they lead to. */
import { main } from "./cli/main-io.ts";

process.exitCode = await main(process.argv.slice(2));
