/** zod would try whether it may compile code: the page may not, and the browser would write the attempt down as an attack. Loaded before any schema is made. */
import { config } from "zod";

config({ jitless: true });
