/** A text that the reader keeps as a file; it is made in their browser and sent nowhere. */
import { h, type JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

type Props = { readonly name: string; readonly text: string; readonly words: string };

export function DownloadLink({ name, text, words }: Props): JSX.Element {
  const [href, setHref] = useState("");
  useEffect(() => {
    const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    setHref(url);
    return () => {
      URL.revokeObjectURL(url);
    };
  }, [text]);
  return h("a", { href, download: name }, words);
}
