import type { PushHead } from '@sluice/vendor-kit/receiving/receiving';

const printable = /^[\x20-\x7e]{1,128}$/;

/**
 * The content type of a push as the request says it, which may declare a charset; the vendor's documented one where it
 * says nothing, or nothing that may be in a header.
 */
export function contentTypeOf(head: PushHead, documented: string): string {
  const sent = head.header('content-type')?.trim() ?? '';
  return printable.test(sent) ? sent : documented;
}
