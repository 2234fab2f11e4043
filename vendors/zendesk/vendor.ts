import { keyTexts } from '@sluice/sources/source';
import { defineVendor } from '@sluice/vendor-kit/vendor';
import { settings, type ZendeskSource } from './settings.ts';

/** Zendesk signs tests of a webhook that is not saved yet with this secret, which its page publishes. */
export const publishedSecret = 'dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==';

/** Zendesk: one JSON event a push, signed with its body, never encrypted. */
export const zendesk = defineVendor<ZendeskSource['settings']>({
  id: 'zendesk',
  name: 'Zendesk',
  settings,
  durations: {},
  // HMAC-SHA-256. The vendor makes the secret.
  shortestTokenBytes: 32,
  hasStaffPages: false,
  problemsOf: ({ token, aesKey }) => [
    ...(aesKey !== null ? ['must not be encrypted: the vendor sends plain JSON'] : []),
    ...(keyTexts(token).includes(publishedSecret)
      ? ["has the vendor's published test secret as a token: anybody can sign with it"]
      : []),
  ],
  receiving: async () => (await import('./receiving.ts')).receiving,
  mapping: async () => (await import('./mapping.ts')).mapping,
});
