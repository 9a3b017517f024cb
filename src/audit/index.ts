export { HoldfastAudit, type HoldfastAuditOptions } from "./cdk-plugin.ts";
