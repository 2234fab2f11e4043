import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import proxyAddr from 'proxy-addr';

const withPort = /^(?:\[([^\]]*)\]|([^:]*))(?::\d{1,5})?$/;

/**
 * The address in a text that a proxy wrote: without quotes, brackets, port, zone, and the prefix of an IPv4 address that
 * is written as IPv6. Never throws.
 * @returns null when it is no address, such as `unknown`
 */
export function plainAddress(text: string): string | null {
  // Nearly all are: each push is asked for its address.
  if (isIPv4(text)) return text;
  const bare = text
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .trim();
  const found = isIPv6(bare) ? null : withPort.exec(bare);
  const [address = ''] = (found?.[1] ?? found?.[2] ?? bare).split('%');
  const plain =
    address.toLowerCase().startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
  return isIP(plain) === 0 ? null : plain;
}

/** `x-forwarded-for` as Express can read it: addresses alone, and `unknown` for anything else. */
export function plainForwardedFor(header: string): string {
  return header
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => plainAddress(part) ?? 'unknown')
    .join(', ');
}

/** Whether an address is in one of the networks; all are in an empty list, and what is no address is in no other. */
export function allowsOf(networks: readonly string[]): (address: string) => boolean {
  if (networks.length === 0) return () => true;
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (text) => {
    const address = plainAddress(text);
    return address !== null && list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  };
}

/**
 * @param trustProxy how many proxies are in front, or their networks, separated by commas
 * @returns what says who sent a request: the last address in `x-forwarded-for` that no trusted proxy has
 */
export function senderAddressOf(trustProxy: number | string): (request: IncomingMessage) => string {
  if (trustProxy === 0) return ({ socket }) => socket.remoteAddress ?? '';
  const trust =
    typeof trustProxy === 'number'
      ? (_address: string, hop: number) => hop < trustProxy
      : proxyAddr.compile(trustProxy.split(',').map((network) => network.trim()));
  return (request) => proxyAddr(request, trust);
}
