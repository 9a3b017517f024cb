import { writeFileSync } from "node:fs";
import { shopAccessPage } from "./access-page.ts";
import { errorsPage } from "./errors-page.ts";
import { faultsPage } from "./faults-page.ts";
import { kindsPage } from "./kinds-page.ts";
import { rulesPage } from "./rules-page.ts";
import { strategyPictures } from "./strategy-pictures.ts";

/**
 * Writes the pages of `docs/` that follow from the code. Run it with `npm run docs`; a test holds the pages against the
 * code.
 */
writeFileSync(new URL("errors.md", import.meta.url), errorsPage());
writeFileSync(new URL("faults.md", import.meta.url), await faultsPage());
writeFileSync(new URL("rules.md", import.meta.url), rulesPage());
writeFileSync(new URL("kinds.md", import.meta.url), kindsPage());
writeFileSync(new URL("access.md", import.meta.url), await shopAccessPage());
for (const { name, svg } of await strategyPictures()) writeFileSync(new URL(`aws/${name}`, import.meta.url), svg);
