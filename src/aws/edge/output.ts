/** What the edge's stacks put out for `deploy`; nothing of the CDK is loaded to know these names. */
export const EDGE_OUTPUTS = {
  /** Of the global stack: the distribution whose copies an upload drops. */
  distributionId: "DistributionId",
  /** Of the global stack: CloudFront's own name of it. */
  distributionDomain: "DistributionDomain",
  /** Of the global stack: the firewall before it. */
  firewallArn: "FirewallArn",
  /** Of each region's data stack: the bucket that the site is uploaded to; absent without a site. */
  siteBucket: "SiteBucketName",
} as const;
