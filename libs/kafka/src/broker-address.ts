import { isIPv6 } from 'node:net';

/** Where a broker listens. */
export interface BrokerAddress {
  /** A name or an address; an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** @param text `host:port`; an IPv6 address is in brackets. @returns null if it is neither */
export function brokerAddressOf(text: string): BrokerAddress | null {
  const [, inBrackets, name, digits] = /^(?:\[([^\s[\]]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  const host = inBrackets ?? name;
  if (host === undefined || port < 1 || port > 65_535) return null;
  return inBrackets === undefined || isIPv6(inBrackets) ? { host, port } : null;
}
