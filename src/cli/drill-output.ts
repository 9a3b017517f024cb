import { access, open, unlink, writeFile } from "node:fs/promises";
import { relative } from "node:path";
import { UserError, messageOf } from "../base/error.ts";
import type { DrillCode } from "../drill/codes.ts";
import type { DrillDocument, DrillsDocument } from "../base/drill-document.ts";
import { type DrillRecord, drillRecord } from "../drill/drill-record.ts";
import { readJournal } from "../drill/journal.ts";
import { drawDrillTable } from "../report/drill-table.ts";
import { drawReportPage } from "../report/html/page.ts";
import { drawJunit } from "../report/junit.ts";
import { drawStrategyTable } from "../report/strategy-table.ts";
import { colors, writeJson } from "./output.ts";

/** Where a report goes beside the terminal. */
export interface DrillOutputs {
  readonly json?: string;
  readonly html?: string;
  readonly junit?: string;
}

/**
 * Finds out whether every file can be written before minutes are spent on what goes into it. Throws DRL-007 for the
 * first that cannot. A file that is there keeps what it holds, one that is not is not left behind.
 */
export async function assertWritable({ json, html, junit }: DrillOutputs): Promise<void> {
  for (const [flag, file] of Object.entries({ json, html, junit })) {
    if (file === undefined || file === "-") continue;
    const isNew = await access(file).then(
      () => false,
      () => true,
    );
    try {
      await (await open(file, "a")).close();
      if (isNew) await unlink(file);
    } catch (error) {
      throw new UserError({
        code: "DRL-007" satisfies DrillCode,
        message: `--${flag} ${file} cannot be written: ${messageOf(error)}`,
        fix: "name a file in a folder that exists and that you may write to",
        cause: error,
      });
    }
  }
}

/**
 * Shows what was measured: the files that were asked for, and the table on standard output, unless that holds the JSON.
 */
export async function showDrills(report: DrillsDocument, repeat: string, outputs: DrillOutputs): Promise<void> {
  const { json, html, junit } = outputs;
  if (json !== undefined) await writeJson(json, report);
  const drills = report.drills.map((drill) => ({ ...drill, journal: relative(process.cwd(), drill.journal) }));
  if (html !== undefined || junit !== undefined) {
    const recorded = await Promise.all(drills.map(withRecord));
    if (html !== undefined) await writeFile(html, drawReportPage({ ...report, drills: recorded, repeat }));
    if (junit !== undefined) await writeFile(junit, drawJunit({ ...report, drills: recorded, repeat }));
  }
  if (json === "-") return;
  const { strategies } = report;
  const table = strategies
    ? drawStrategyTable({ ...report, drills, strategies }, colors, repeat)
    : drawDrillTable({ ...report, drills }, colors, repeat);
  process.stdout.write(`${table}\n`);
}

type RecordedDrill = DrillDocument & { readonly record: DrillRecord | null; readonly recordMissing: string | null };

/** A report without one of its time lines is better than none. */
async function withRecord(drill: DrillDocument): Promise<RecordedDrill> {
  try {
    const { events } = await readJournal(drill.journal);
    return { ...drill, record: drillRecord(events), recordMissing: null };
  } catch (error) {
    return { ...drill, record: null, recordMissing: `the journal could not be read: ${messageOf(error)}` };
  }
}
