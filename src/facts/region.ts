import { type Fact, documented } from "./fact.ts";

const ZONES = "https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html";

const three = documented("abc", "text", ZONES);
const four = documented("abcd", "text", ZONES);

/**
 * AWS's commercial regions, with the letters of their zones. In AWS's oldest regions the letters of an account made
 * before November 2025 are its own, and an account may not see all of them.
 */
export const REGIONS: Readonly<Record<string, Fact<string>>> = {
  "us-east-1": documented("abcdef", "text", ZONES),
  "us-east-2": three,
  "us-west-1": documented("abc", "text", ZONES, "an account made before November 2025 sees two of them"),
  "us-west-2": four,
  "ca-central-1": documented("abd", "text", ZONES),
  "ca-west-1": three,
  "mx-central-1": three,
  "sa-east-1": three,
  "eu-central-1": three,
  "eu-central-2": three,
  "eu-north-1": three,
  "eu-south-1": three,
  "eu-south-2": three,
  "eu-west-1": three,
  "eu-west-2": three,
  "eu-west-3": three,
  "af-south-1": three,
  "il-central-1": three,
  "me-central-1": three,
  "me-south-1": three,
  "ap-east-1": three,
  "ap-east-2": three,
  "ap-northeast-1": documented("acd", "text", ZONES),
  "ap-northeast-2": four,
  "ap-northeast-3": three,
  "ap-south-1": three,
  "ap-south-2": three,
  "ap-southeast-1": three,
  "ap-southeast-2": three,
  "ap-southeast-3": three,
  "ap-southeast-4": three,
  "ap-southeast-5": three,
  "ap-southeast-6": three,
  "ap-southeast-7": three,
};

/** Names of the zones of a region, in order; empty where there is no such region. */
export function zonesOf(region: string): readonly string[] {
  const letters = Object.hasOwn(REGIONS, region) ? (REGIONS[region]?.value ?? "") : "";
  return [...letters].map((letter) => `${region}${letter}`);
}
