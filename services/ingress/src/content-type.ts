import type { PushHead } from './vendor.ts';

const printable = /^[\x20-\x7e]{1,128}$/;
const documented = { echat: 'application/xml', sobot: 'application/json' } as const;

/**
 * The content type of a push as the request says it, which may declare a charset; the vendor's documented one where it
 * says nothing, or nothing that may stand in a header.
 */
export function contentTypeOf(head: PushHead, vendor: keyof typeof documented): string {
  const sent = head.header('content-type')?.trim() ?? '';
  return printable.test(sent) ? sent : documented[vendor];
}
