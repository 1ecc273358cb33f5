/** A text that the reader keeps as a file; it is made in their browser and sent nowhere. */
import { h, type JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

type Props = { readonly name: string; readonly type?: string; readonly text: string; readonly words: string };

export function DownloadLink({ name, type = "application/json", text, words }: Props): JSX.Element {
  const [href, setHref] = useState("");
  useEffect(() => {
    const url = URL.createObjectURL(new Blob([text], { type }));
    setHref(url);
    return () => {
      URL.revokeObjectURL(url);
    };
  }, [type, text]);
  return h("a", { href, download: name }, words);
}
