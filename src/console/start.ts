/** The web app, put into its page. */
import { h, render } from "preact";
import { App } from "./app.ts";
import { readGround } from "./ground.ts";
import { waiting } from "./notice.ts";
import { pages } from "./pages.ts";
import type { Shell } from "./shell.ts";

export async function startConsole(root: Element, parts: Omit<Shell, "ground">): Promise<void> {
  render(waiting("the page to find out where it is"), root);
  const ground = await readGround();
  render(h(App, { shell: { ...parts, ground }, pages }), root);
}
