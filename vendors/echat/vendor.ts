import { keyTexts } from '@sluice/sources/source';
import { defineVendor } from '@sluice/vendor-kit/vendor';
import { durations } from './durations.ts';
import { settings, type EchatSource } from './settings.ts';

/** Echat 一洽: XML over POST, signed in the query string, encrypted by WeChat's scheme. */
export const echat = defineVendor<EchatSource['settings']>({
  id: 'echat',
  name: 'Echat 一洽',
  settings,
  durations,
  // SHA-1, and anybody who runs the gateway chooses it.
  shortestTokenBytes: 16,
  hasStaffPages: true,
  problemsOf: ({ aesKey }) =>
    keyTexts(aesKey)
      .filter((key) => !/^[A-Za-z0-9+/]{43}$/.test(key))
      .map(() => 'its aesKey must be the 43 characters of the EncodingAESKey'),
  receiving: async () => (await import('./receiving.ts')).receiving,
  mapping: async () => (await import('./mapping.ts')).mapping,
});
