/** The web app, put into its page. */
import { h, render } from "preact";
import { BundlePage, type Judge } from "./bundle-page.ts";

export function startConsole(root: Element, judge: Judge): void {
  const title = h("header", {}, h("h1", {}, "Countersign"), h("p", {}, "custody signing for asset-backed tokens"));
  render([title, h(BundlePage, { judge })], root);
}
