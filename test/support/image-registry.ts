import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AwsStub } from "./aws-stub.ts";

/** A registry of images, and a command that stands in for Docker: no daemon runs, and nothing is built. */
export interface ImageRegistry {
  /** What the CDK is told by `CDK_DOCKER`. */
  readonly docker: string;
  /** What the command was called with, in order. */
  called(): readonly string[];
  /** The images of a region that were pushed. */
  pushed(region: string): readonly string[];
  /** What the next builds end with: an error of Docker's, or none. */
  breakBuilds(message: string | null): void;
}

const REGISTRY = (region: string): string => `123456789012.dkr.ecr.${region}.amazonaws.com`;

/**
 * Knows images by their tags alone. As Docker does, it inspects, tags and pushes only those that it has, builds where a
 * Dockerfile is, and pushes only to registries that it is logged in to.
 */
const DOCKER = `#!/bin/sh
here=$(dirname "$0")
has() { grep -qxF -- "$2" "$here/$1" 2> /dev/null; }
fail() { echo "$1" >&2; exit 1; }
echo "$*" >> "$here/calls"
case "$1" in
  inspect) has images "$2" || fail "no such object: $2" ;;
  build)
    [ ! -s "$here/broken" ] || fail "$(cat "$here/broken")"
    [ -f Dockerfile ] || fail "no Dockerfile in $PWD"
    while [ "$1" != --tag ]; do shift; done
    echo "$2" >> "$here/images" ;;
  tag) has images "$2" || fail "no image $2"; echo "$3" >> "$here/images" ;;
  login) while [ $# -gt 1 ]; do shift; done; cat > /dev/null; echo "\${1#https://}" >> "$here/logins" ;;
  push)
    has logins "\${2%%/*}" || fail "no basic auth credentials"
    has images "$2" || fail "no image $2"
    echo "$2" >> "$here/pushed" ;;
  *) fail "no command $1" ;;
esac
`;

/** Teaches a stub ECR, and writes the command into \`directory\`. */
export function teachRegistry(stub: AwsStub, directory: string): ImageRegistry {
  const docker = join(directory, "docker");
  writeFileSync(docker, DOCKER, { mode: 0o755 });
  const lines = (name: string): readonly string[] => {
    const file = join(directory, name);
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  };
  const pushed = (region: string): readonly string[] =>
    lines("pushed").filter((image) => image.startsWith(`${REGISTRY(region)}/`));
  stub.on("ecr DescribeRepositories", ({ input, region }) => {
    const [name] = input["repositoryNames"] as readonly string[]; // the toolkit asks for one
    return { json: { repositories: [{ repositoryName: name, repositoryUri: `${REGISTRY(region)}/${name}` }] } };
  });
  stub.on("ecr DescribeImages", ({ input, region }) => {
    const [id] = input["imageIds"] as readonly { readonly imageTag: string }[]; // the toolkit asks for one
    const image = `${REGISTRY(region)}/${String(input["repositoryName"])}:${id?.imageTag}`;
    return pushed(region).includes(image) ? { json: { imageDetails: [id] } } : { error: "ImageNotFoundException" };
  });
  stub.on("ecr GetAuthorizationToken", ({ region }) => {
    const authorizationToken = Buffer.from("AWS:password").toString("base64");
    return { json: { authorizationData: [{ authorizationToken, proxyEndpoint: `https://${REGISTRY(region)}` }] } };
  });
  return {
    docker,
    called: () => lines("calls"),
    pushed,
    breakBuilds: (message) => writeFileSync(join(directory, "broken"), message ?? ""),
  };
}
