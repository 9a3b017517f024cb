/**
 * Headers that are meant for one connection alone, and that nothing on the way passes on (RFC 9110, section 7.6.1), in
 * lower case. Those that `Connection` names are meant for it too.
 */
export const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
] as const;
