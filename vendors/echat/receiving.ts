import type { Receiving } from '@sluice/vendor-kit/receiving/receiving';
import { echatDataTypeOf, decodeEchat } from './receiving/decode.ts';
import { signConfig } from './receiving/sign-config.ts';
import { verifyEchat } from './receiving/verify.ts';
import type { EchatSource } from './settings.ts';

export const receiving: Receiving<EchatSource['settings']> = {
  verify: verifyEchat,
  signatureOf: ({ query }) => query.signature ?? '',
  dataTypeOf: echatDataTypeOf,
  decode: decodeEchat,
  // Anything else makes it send again.
  acknowledgement: 'success',
  contentType: 'application/xml',
  conversationKey: {
    opening: '<chatRecordId>',
    form: /^\s*(?:<!\[CDATA\[)?([A-Za-z0-9_-]{1,64})[\]<\s]/,
  },
  staffPages: { sign: signConfig },
};
