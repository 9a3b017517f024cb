import { existsSync } from "node:fs";
import { join } from "node:path";
import { IgnoreMode } from "aws-cdk-lib";
import { DockerImageAsset, Platform } from "aws-cdk-lib/aws-ecr-assets";
import { UserError } from "../../base/error.ts";
import type { ServiceComponent } from "../../topology/topology.ts";
import type { AwsCode } from "../codes.ts";
import { logicalId } from "../name.ts";
import type { Site } from "../ship.ts";

/** The processors that an image is built for. */
export type Architecture = "X86_64" | "ARM64";

/** What belongs to a machine and not to a program: an image installs what it needs. */
const LEFT_OUT = ["**/node_modules", "**/.git", ".holdfast", "cdk.out"];

/** An image in this account's registry of the region, which a deploy builds and pushes. */
export interface Image {
  readonly uri: string;
  readonly repositoryArn: string;
}

/**
 * The image of a service, from the Dockerfile in its folder. Nothing is built here: it is named by what is in the
 * folder, so the same files make the same name. Rejects with AWS-051 without a Dockerfile.
 */
export function shipImage(site: Site, component: ServiceComponent): Image {
  const { id, settings } = component;
  if (!existsSync(join(settings.directory, "Dockerfile"))) {
    throw new UserError({
      code: "AWS-051" satisfies AwsCode,
      message: `the service "${id}" has no Dockerfile in ${settings.directory}`,
      fix: 'write one there, or name the folder that has one with "build"',
      at: `services.${id}.build`,
    });
  }
  const made = site.stacks.compute.node.tryFindChild(logicalId(id, "image")) as DockerImageAsset | undefined;
  const asset = made ?? newAsset(site, component);
  return { uri: asset.imageUri, repositoryArn: asset.repository.repositoryArn };
}

function newAsset(site: Site, component: ServiceComponent): DockerImageAsset {
  const { id, settings } = component;
  return new DockerImageAsset(site.stacks.compute, logicalId(id, "image"), {
    directory: settings.directory,
    platform: architectureOf(component) === "ARM64" ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64,
    exclude: LEFT_OUT,
    ignoreMode: IgnoreMode.DOCKER,
  });
}

/**
 * What the service runs on: on instances what their type has, of which AWS's own processors have a g after the
 * generation (`m7g`, `c6gn`); on Fargate what every image is built for unless told.
 */
export function architectureOf({ settings }: ServiceComponent): Architecture {
  return settings.platform !== "fargate" && isArm(settings.size.instance) ? "ARM64" : "X86_64";
}

/** https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html */
export function isArm(instanceType: string): boolean {
  return /^[a-z]+\d+[a-z]*g[a-z]*\./.test(instanceType);
}

/** A command as a container takes it: its words, without a shell that would keep signals to itself. */
export function commandWords(run: string): string[] {
  const words = run.match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  return words.map((word) => (/^(["']).*\1$/.test(word) ? word.slice(1, -1) : word));
}
