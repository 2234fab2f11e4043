import { keyTexts } from '@sluice/sources/source';
import { defineVendor } from '@sluice/vendor-kit/vendor';
import { durations } from './durations.ts';
import { settings, type SobotSource } from './settings.ts';

/** Sobot 智齿: batches of JSON records over POST, optionally signed in headers and encrypted in parts. */
export const sobot = defineVendor<SobotSource['settings']>({
  id: 'sobot',
  name: 'Sobot 智齿',
  settings,
  durations,
  // MD5. The vendor issues its appKey: 12 letters and digits (71 bits) are taken.
  shortestTokenBytes: 12,
  hasStaffPages: false,
  problemsOf: (source) => [
    ...keyTexts(source.aesKey)
      .filter((key) => Buffer.byteLength(key) < 8 || Buffer.byteLength(key) > 16)
      .map(() => 'its aesKey must be 8 to 16 bytes'),
    ...(source.token !== null && (source as SobotSource).settings.companyIds.length === 0
      ? ['is signed, so it needs companyIds: the company id is part of the signature']
      : []),
  ],
  receiving: async () => (await import('./receiving.ts')).receiving,
  mapping: async () => (await import('./mapping.ts')).mapping,
});
