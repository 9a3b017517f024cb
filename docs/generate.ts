import { writeFileSync } from "node:fs";
import { errorsPage } from "./errors-page.ts";
import { faultsPage } from "./faults-page.ts";

/**
 * Writes the pages of `docs/` that follow from the code. Run it with `npm run docs`; a test holds the pages against the
 * code.
 */
writeFileSync(new URL("errors.md", import.meta.url), errorsPage());
writeFileSync(new URL("faults.md", import.meta.url), await faultsPage());
