import type { Loss } from "../../base/audit-document.ts";

/**
 * What has to be lost, or to come, for findings to show: their headings, in the order in which a system falls apart.
 */
export const HEADINGS: Readonly<Record<Loss, string>> = {
  data: "Data that could not be brought back",
  region: "When a region is lost",
  zone: "When a zone is lost",
  instance: "When an instance is lost",
  load: "When more load comes than usual",
  change: "When it is changed or deployed",
  sight: "What nobody would see",
};
