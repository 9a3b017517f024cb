import { createReadStream, statSync } from "node:fs";
import type { Clock } from "../../base/clock.ts";
import type { Host } from "../../base/host.ts";
import { type Topology, componentsOf } from "../../topology/topology.ts";
import { EDGE_OUTPUTS } from "../edge/output.ts";
import { siteFiles } from "../edge/site-file.ts";
import type { Aws } from "./aws.ts";
import { explaining } from "./refusal.ts";
import type { OutputsByStack } from "./wires.ts";

/** A static site in the bucket of a region. */
export interface SiteUpload {
  readonly region: string;
  readonly bucket: string;
  readonly files: number;
}

/** What an upload needs. */
export interface UploadOptions {
  readonly aws: Aws;
  readonly host: Host;
  readonly clock: Clock;
  readonly topology: Topology;
  readonly stacks: readonly { readonly name: string; readonly region: string }[];
  /** What the stacks put out when they were deployed. */
  readonly outputs: OutputsByStack;
}

/** Objects that are put at once: more does not fill a line, and fewer leave it idle. */
const AT_ONCE = 8;

/** CloudFront's API is only in us-east-1. https://docs.aws.amazon.com/general/latest/gr/cf_region.html */
const CLOUDFRONT_REGION = "us-east-1";

/**
 * Uploads the static site to the bucket of every region, pages last, and has the edge drop its copies. What is not in
 * the folder any more stays in the bucket, since a page that somebody has open may still ask for it. CloudFormation
 * cannot do this.
 */
export async function uploadSites({
  aws,
  host,
  clock,
  topology,
  stacks,
  outputs,
}: UploadOptions): Promise<SiteUpload[]> {
  const uploads: SiteUpload[] = [];
  for (const { settings } of componentsOf(topology, "edge")) {
    if (settings.site === null) continue;
    const files = siteFiles(settings.site, settings.cache);
    for (const { name, region } of stacks) {
      const bucket = outputs[name]?.[EDGE_OUTPUTS.siteBucket];
      if (bucket === undefined) continue;
      await explaining(`uploading the site to ${bucket}`, () => upload(aws, { region, bucket, files }));
      uploads.push({ region, bucket, files: files.length });
      host.say({ level: "info", about: "site", text: `${files.length} files in ${bucket}` });
    }
  }
  if (uploads.length > 0) await invalidate(aws, { host, clock, outputs });
  return uploads;
}

interface Upload {
  readonly region: string;
  readonly bucket: string;
  readonly files: ReturnType<typeof siteFiles>;
}

async function upload(aws: Aws, { region, bucket, files }: Upload): Promise<void> {
  const s3 = await aws.buckets(region);
  const put = async ({ path, key, contentType, cacheControl }: Upload["files"][number]): Promise<void> => {
    await s3.putObject({
      Bucket: bucket,
      Key: key,
      Body: createReadStream(path),
      ContentLength: statSync(path).size,
      ContentType: contentType,
      CacheControl: cacheControl,
    });
  };
  const isPage = ({ contentType }: Upload["files"][number]): boolean => contentType.startsWith("text/html");
  // A page must not name a file that is not there yet, so all else is up before the first of them.
  for (const part of [files.filter((file) => !isPage(file)), files.filter(isPage)]) {
    for (let at = 0; at < part.length; at += AT_ONCE) await Promise.all(part.slice(at, at + AT_ONCE).map(put));
  }
}

async function invalidate(
  aws: Aws,
  { host, clock, outputs }: Pick<UploadOptions, "host" | "clock" | "outputs">,
): Promise<void> {
  const ids = Object.values(outputs).flatMap((own) => own[EDGE_OUTPUTS.distributionId] ?? []);
  for (const DistributionId of ids) {
    // CloudFront takes the same reference twice for the same request, so every upload has its own.
    const CallerReference = `holdfast-${Math.floor(clock.now())}`;
    const InvalidationBatch = { CallerReference, Paths: { Quantity: 1, Items: ["/*"] } };
    await explaining("dropping the edge's copies", async () => {
      const cloudFront = await aws.distributions(CLOUDFRONT_REGION);
      await cloudFront.createInvalidation({ DistributionId, InvalidationBatch });
    });
    host.say({ level: "info", about: "site", text: `the edge drops its copies (${DistributionId})` });
  }
}
