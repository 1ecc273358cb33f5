/** A file that a page made, for the visitor to keep. */
import { h, type JSX } from "preact";

export function takeAlong(words: string, name: string, type: string, text: string): JSX.Element {
  const take = (): void => {
    const address = URL.createObjectURL(new Blob([text], { type }));
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
    URL.revokeObjectURL(address);
  };
  return h("button", { type: "button", onClick: take }, words);
}
