import type { Receiving } from '@sluice/vendor-kit/receiving/receiving';
import { decodeZendesk } from './receiving/decode.ts';
import { signatureHeader, verifyBody, verifyHead } from './receiving/verify.ts';
import type { ZendeskSource } from './settings.ts';

export const receiving: Receiving<ZendeskSource['settings']> = {
  verify: verifyHead,
  verifyBody,
  signatureOf: (head) => head.header(signatureHeader) ?? '',
  dataTypeOf: () => '',
  decode: decodeZendesk,
  // The status says it: 200.
  acknowledgement: '',
  contentType: 'application/json',
  // The event's subject. The title of a ticket, also a subject, holds no quote that is not escaped.
  conversationKey: { opening: '"zen:ticket:', form: /^(\d{1,20})"/ },
  staffPages: null,
};
