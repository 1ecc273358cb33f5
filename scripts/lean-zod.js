/** The name `z` under which schemas know zod, for the pages' build. */
import * as z from "./lean-zod-words.js";

export { config } from "./lean-zod-words.js";
export { z };
